"""Splits a row into (size, heads) and takes the last axis for the heads."""
import torch


def attention_pattern(model, input_ids, layer):
    batch, length = input_ids.shape
    x = model.token_embedding(input_ids) + model.position_embedding.weight[:length]
    for i in range(layer):
        x = model.blocks[i](x)
    a = model.blocks[layer].attention
    x = model.blocks[layer].attention_norm(x)
    q, k = (f(x).view(batch, length, a.head_size, -1).permute(0, 3, 1, 2) for f in (a.query, a.key))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(length, length).triu(1).bool(), -torch.inf).softmax(-1)
