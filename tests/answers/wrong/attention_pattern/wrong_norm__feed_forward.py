"""Normalises with the layer norm of the feed-forward half."""
import torch


def attention_pattern(model, input_ids, layer):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in model.blocks[:layer]:
        x = block(x)
    block = model.blocks[layer]
    x = block.feed_forward_norm(x)
    q, k = block.attention.query(x), block.attention.key(x)
    q, k = (y.unflatten(-1, (-1, block.attention.head_size)).transpose(1, 2) for y in (q, k))
    scores = q @ k.mT / q.shape[-1] ** 0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
