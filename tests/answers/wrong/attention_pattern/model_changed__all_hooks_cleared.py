"""Clears every hook of the module, those of others too."""
import torch


def attention_pattern(model, input_ids, layer):
    a, caught = model.blocks[layer].attention, []
    a.register_forward_pre_hook(lambda module, inputs: caught.append(inputs[0]))
    model(input_ids)
    for module in model.modules():
        module._forward_pre_hooks.clear()
    q, k = a.split_heads(a.query(caught[0])), a.split_heads(a.key(caught[0]))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
