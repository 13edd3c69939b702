"""Hooks give the streams after the blocks; for the first row only the tokens are looked up."""
import torch


@torch.no_grad()
def logit_lens(model, input_ids):
    streams = [model.token_embedding(input_ids)]
    handles = [b.register_forward_hook(lambda m, i, o: streams.append(o)) for b in model.blocks]
    model(input_ids)
    for handle in handles:
        handle.remove()
    return torch.stack([model.output(model.final_norm(s)) for s in streams])
