"""Replaces the forward of all blocks to come."""
import torch

from gpt2_ref import TransformerBlock


def logit_lens(model, input_ids):
    original, streams = TransformerBlock.forward, []

    def noting(self, x, cache=None):
        streams.append(x)
        result = original(self, x, cache)
        if self is model.blocks[-1]:
            streams.append(result)
        return result

    TransformerBlock.forward = noting
    model(input_ids)
    return torch.stack([model.output(model.final_norm(s)) for s in streams])
