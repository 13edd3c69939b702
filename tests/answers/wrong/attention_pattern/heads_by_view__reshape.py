"""Reshapes to (batch, heads, sequence, size) without a transpose."""
import torch


def attention_pattern(model, input_ids, layer):
    batch, length = input_ids.shape
    x = model.token_embedding(input_ids) + model.position_embedding(torch.arange(length))
    for i in range(layer):
        x = model.blocks[i](x)
    a = model.blocks[layer].attention
    x = model.blocks[layer].attention_norm(x)
    heads = x.shape[-1] // a.head_size
    q = a.query(x).reshape(batch, heads, length, a.head_size)
    k = a.key(x).reshape(batch, heads, length, a.head_size)
    scores = torch.matmul(q, k.transpose(2, 3)) / a.head_size**0.5
    scores = scores.masked_fill(torch.triu(torch.ones(length, length), 1) == 1, float("-inf"))
    return torch.softmax(scores, dim=-1)
