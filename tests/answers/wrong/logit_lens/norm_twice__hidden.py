"""model.hidden has passed the norm, and passes it again."""
import torch


def logit_lens(model, input_ids):
    streams = []
    handles = [b.register_forward_pre_hook(lambda m, inputs: streams.append(inputs[0])) for b in model.blocks]
    streams.append(model.hidden(input_ids))
    for handle in handles:
        handle.remove()
    return torch.stack([model.output(model.final_norm(s)) for s in streams])
