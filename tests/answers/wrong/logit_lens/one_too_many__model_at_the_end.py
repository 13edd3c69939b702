"""Reads after every block and puts the model's own logits behind."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    rows = [model.output(model.final_norm(x))]
    for block in model.blocks:
        x = block(x)
        rows.append(model.output(model.final_norm(x)))
    rows.append(model(input_ids))
    return torch.stack(rows)
