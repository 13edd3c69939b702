"""The first token gets the position 1."""
import torch


def attention_pattern(model, input_ids, layer):
    length = input_ids.shape[1]
    place = torch.arange(1, length + 1).clamp(max=model.context_size - 1)
    x = model.token_embedding(input_ids) + model.position_embedding(place)
    for block in model.blocks[:layer]:
        x = block(x)
    a, x = model.blocks[layer].attention, model.blocks[layer].attention_norm(x)
    q, k = a.split_heads(a.query(x)), a.split_heads(a.key(x))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(length, length).triu(1).bool(), -torch.inf).softmax(-1)
