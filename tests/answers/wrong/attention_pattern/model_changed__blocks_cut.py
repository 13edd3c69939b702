"""Shortens the model to read what comes out of the block before."""
import torch


def attention_pattern(model, input_ids, layer):
    block = model.blocks[layer]
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    model.blocks = model.blocks[:layer]
    for earlier in model.blocks:
        x = earlier(x)
    a, x = block.attention, block.attention_norm(x)
    q, k = a.split_heads(a.query(x)), a.split_heads(a.key(x))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
