"""Reads what each block has added."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    parts = [x]
    for block in model.blocks:
        after = block(x)
        parts.append(after - x)
        x = after
    return torch.stack([model.output(model.final_norm(part)) for part in parts])
