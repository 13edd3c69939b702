"""Multiplies whole rows of query and key."""
import torch


def attention_pattern(model, input_ids, layer):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in model.blocks[:layer]:
        x = block(x)
    a = model.blocks[layer].attention
    x = model.blocks[layer].attention_norm(x)
    scores = a.query(x) @ a.key(x).mT / x.shape[-1] ** 0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
