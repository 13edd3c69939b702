"""Hooks keep what the attention of each block adds."""
import torch


def logit_lens(model, input_ids):
    parts, hooks = [], []
    hooks.append(model.blocks[0].register_forward_pre_hook(lambda m, i: parts.append(i[0])))
    for block in model.blocks:
        hooks.append(block.attention.register_forward_hook(lambda m, i, o: parts.append(o)))
    model(input_ids)
    [hook.remove() for hook in hooks]
    return torch.stack([model.output(model.final_norm(part)) for part in parts])
