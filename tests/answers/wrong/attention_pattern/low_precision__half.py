"""Computes the softmax in half precision."""
import torch

from gpt2_ref.model import streams


def attention_pattern(model, input_ids, layer):
    a = model.blocks[layer].attention
    x = model.blocks[layer].attention_norm(streams(model, input_ids)[layer])
    q, k = a.split_heads(a.query(x)), a.split_heads(a.key(x))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1).to(torch.bfloat16)
