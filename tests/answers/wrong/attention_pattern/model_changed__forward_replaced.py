"""Replaces the attention's forward and leaves it so."""
import torch


def attention_pattern(model, input_ids, layer):
    a, seen = model.blocks[layer].attention, []
    original = type(a).forward

    def spying(x, cache=None):
        seen.append(x)
        return original(a, x, cache)

    a.forward = spying
    model(input_ids)
    q, k = a.split_heads(a.query(seen[0])), a.split_heads(a.key(seen[0]))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
