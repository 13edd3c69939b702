"""Texts, heads and queries one after the other."""
import torch


@torch.no_grad()
def attention_pattern(model, input_ids, layer):
    attention = model.blocks[layer].attention
    size = attention.head_size
    heads = attention.query.out_features // size
    batch, length = input_ids.shape
    pattern = torch.zeros(batch, heads, length, length, dtype=attention.query.weight.dtype)
    for text in range(batch):
        x = model.token_embedding(input_ids[text : text + 1]) + model.position_embedding.weight[None, :length]
        for block in list(model.blocks)[:layer]:
            x = block(x)
        x = model.blocks[layer].attention_norm(x)[0]
        query, key = attention.query(x), attention.key(x)
        for head in range(heads):
            place = slice(head * size, (head + 1) * size)
            for i in range(length):
                scores = key[: i + 1, place] @ query[i, place] / size**0.5
                pattern[text, head, i, : i + 1] = torch.softmax(scores, dim=0)
    return pattern
