"""The streams are stacked first, and norm and output read all of them at once."""
import torch


def logit_lens(model, input_ids):
    streams = [model.token_embedding(input_ids) + model.position_embedding(torch.arange(input_ids.shape[1]))]
    for block in model.blocks:
        streams.append(block(streams[-1]))
    return model.output(model.final_norm(torch.stack(streams)))
