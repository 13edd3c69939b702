"""Norms only the stream after the last block."""
import torch


@torch.no_grad()
def logit_lens(model, input_ids):
    caught = []
    hooks = [block.register_forward_pre_hook(lambda m, i: caught.append(i[0])) for block in model.blocks]
    last = model(input_ids)
    for hook in hooks:
        hook.remove()
    return torch.stack([model.output(x) for x in caught] + [last])
