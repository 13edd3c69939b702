"""Begins with the positions alone."""
import torch


def logit_lens(model, input_ids):
    x = model.position_embedding.weight[: input_ids.shape[1]].repeat(len(input_ids), 1, 1)
    logits = [model.output(model.final_norm(x))]
    for block in model.blocks:
        x = block(x)
        logits.append(model.output(model.final_norm(x)))
    return torch.stack(logits)
