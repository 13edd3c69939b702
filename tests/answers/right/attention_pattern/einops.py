"""Named axes by einops."""
import torch
from einops import einsum, rearrange


def attention_pattern(model, input_ids, layer):
    stream = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[-1]]
    for index, block in enumerate(model.blocks):
        if index == layer:
            break
        stream = block(stream)
    attention = model.blocks[layer].attention
    normed = model.blocks[layer].attention_norm(stream)
    split = "batch token (head size) -> batch head token size"
    query = rearrange(attention.query(normed), split, size=attention.head_size)
    key = rearrange(attention.key(normed), split, size=attention.head_size)
    scores = einsum(query, key, "batch head q size, batch head k size -> batch head q k")
    scores = scores / attention.head_size**0.5
    length = scores.shape[-1]
    seen = rearrange(torch.arange(length), "q -> q 1") >= rearrange(torch.arange(length), "k -> 1 k")
    return scores.masked_fill(~seen, -float("inf")).softmax(-1)
