"""Feeds the stream itself into query and key."""
import torch


def attention_pattern(model, input_ids, layer):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in model.blocks[:layer]:
        x = block(x)
    attention = model.blocks[layer].attention
    query, key = (attention.split_heads(p(x)) for p in (attention.query, attention.key))
    scores = query @ key.transpose(-2, -1) / attention.head_size**0.5
    future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1)
