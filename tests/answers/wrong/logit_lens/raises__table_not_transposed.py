"""Multiplies by the token embedding as it is stored."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    logits = [model.final_norm(x) @ model.token_embedding.weight]
    for block in model.blocks:
        x = block(x)
        logits.append(model.final_norm(x) @ model.token_embedding.weight)
    return torch.stack(logits)
