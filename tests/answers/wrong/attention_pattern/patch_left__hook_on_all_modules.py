"""Registers a hook for every module of torch and leaves it there."""
import torch
from torch.nn.modules.module import register_module_forward_pre_hook


def attention_pattern(model, input_ids, layer):
    a, seen = model.blocks[layer].attention, []
    register_module_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]) if module is a else None)
    model(input_ids)
    q, k = a.split_heads(a.query(seen[0])), a.split_heads(a.key(seen[0]))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
