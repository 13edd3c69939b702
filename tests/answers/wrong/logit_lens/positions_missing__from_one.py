"""Positions are counted from 1."""
import torch


def logit_lens(model, input_ids):
    place = (torch.arange(input_ids.shape[1]) + 1).clamp(max=model.context_size - 1)
    streams = [model.token_embedding(input_ids) + model.position_embedding(place)]
    for block in model.blocks:
        streams.append(block(streams[-1]))
    return model.output(model.final_norm(torch.stack(streams)))
