"""Normalises with the last layer norm of the model."""
import torch


def attention_pattern(model, input_ids, layer):
    from gpt2_ref.model import streams

    x = model.final_norm(streams(model, input_ids)[layer])
    attention = model.blocks[layer].attention
    q, k = attention.split_heads(attention.query(x)), attention.split_heads(attention.key(x))
    scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / attention.head_size**0.5
    mask = torch.arange(x.shape[1])[None, :] > torch.arange(x.shape[1])[:, None]
    return torch.softmax(scores.masked_fill(mask, -1e9), -1)
