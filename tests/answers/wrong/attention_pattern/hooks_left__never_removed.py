"""Registers a hook and never removes it."""
import torch


def attention_pattern(model, input_ids, layer):
    a, caught = model.blocks[layer].attention, []
    a.register_forward_hook(lambda module, inputs, output: caught.append(inputs[0]))
    model(input_ids)
    q, k = a.split_heads(a.query(caught[-1])), a.split_heads(a.key(caught[-1]))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
