"""Hooks keep what each block gives, and nothing before."""
import torch


def logit_lens(model, input_ids):
    streams, handles = [], []
    for block in model.blocks:
        handles.append(block.register_forward_hook(lambda m, i, o: streams.append(o)))
    model(input_ids)
    for handle in handles:
        handle.remove()
    return torch.stack([model.output(model.final_norm(s)) for s in streams])
