"""Keeps what every part adds, and adds up again before reading."""
import torch


@torch.no_grad()
def logit_lens(model, input_ids):
    added = [model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]]
    for block in model.blocks:
        before = sum(added)
        added.append(block(before) - before)
    return model.output(model.final_norm(torch.stack(added).cumsum(dim=0)))
