"""Ends with the masked scores."""
import torch


def attention_pattern(model, input_ids, layer):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in model.blocks[:layer]:
        x = block(x)
    block = model.blocks[layer]
    attention, x = block.attention, block.attention_norm(x)
    query = attention.query(x).unflatten(-1, (-1, attention.head_size)).transpose(1, 2)
    key = attention.key(x).unflatten(-1, (-1, attention.head_size)).transpose(1, 2)
    scores = query @ key.transpose(-2, -1) / attention.head_size**0.5
    future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf"))
