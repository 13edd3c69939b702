"""Replaces the forward of the class for all models to come."""
import torch

from gpt2_ref import MultiHeadSelfAttention

SEEN = []


def attention_pattern(model, input_ids, layer):
    original = MultiHeadSelfAttention.forward
    inputs = []

    def noting(self, x, cache=None):
        inputs.append(x)
        return original(self, x, cache)

    MultiHeadSelfAttention.forward = noting
    model(input_ids)
    a = model.blocks[layer].attention
    q, k = a.split_heads(a.query(inputs[layer])), a.split_heads(a.key(inputs[layer]))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
