"""Reads what each block is given, and stops there."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    rows = []
    for block in model.blocks:
        rows.append(model.output(model.final_norm(x)))
        x = block(x)
    return torch.stack(rows)
