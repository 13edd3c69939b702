"""Reads the tokens, then the tokens with their positions, then after every block."""
import torch


def logit_lens(model, input_ids):
    streams = [model.token_embedding(input_ids)]
    streams.append(streams[0] + model.position_embedding(torch.arange(input_ids.shape[1])))
    for block in model.blocks:
        streams.append(block(streams[-1]))
    return model.output(model.final_norm(torch.stack(streams)))
