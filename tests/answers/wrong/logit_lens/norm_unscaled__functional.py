"""Norms without the scale and shift of the model."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    logits = [model.output(torch.nn.functional.layer_norm(x, x.shape[-1:]))]
    for block in model.blocks:
        x = block(x)
        logits.append(model.output(torch.nn.functional.layer_norm(x, x.shape[-1:])))
    return torch.stack(logits)
