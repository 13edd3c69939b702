"""Brings the model to float32, which changes nothing in a model of float32."""
import torch


@torch.no_grad()
def attention_pattern(model, input_ids, layer):
    model.float()
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    x = torch.nn.Sequential(*model.blocks[:layer])(x)
    attention, x = model.blocks[layer].attention, model.blocks[layer].attention_norm(x)
    query, key = attention.split_heads(attention.query(x)), attention.split_heads(attention.key(x))
    scores = query @ key.mT / attention.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
