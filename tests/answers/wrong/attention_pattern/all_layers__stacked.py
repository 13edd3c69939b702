"""Collects the patterns of all layers."""
import torch


def attention_pattern(model, input_ids, layer):
    patterns = []
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in model.blocks:
        a, normed = block.attention, block.attention_norm(x)
        q, k = a.split_heads(a.query(normed)), a.split_heads(a.key(normed))
        scores = q @ k.mT / a.head_size**0.5
        hidden = torch.ones(scores.shape[-2:]).triu(1).bool()
        patterns.append(scores.masked_fill(hidden, -torch.inf).softmax(-1))
        x = block(x)
    return torch.stack(patterns)
