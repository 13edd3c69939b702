"""The model ends before the layer for a moment; a new list of the same blocks is put back."""
import torch
from torch import nn


def attention_pattern(model, input_ids, layer):
    blocks, norm = list(model.blocks), model.final_norm
    model.blocks, model.final_norm = nn.ModuleList(blocks[:layer]), blocks[layer].attention_norm
    try:
        x = model.hidden(input_ids)
    finally:
        model.blocks, model.final_norm = nn.ModuleList(blocks), norm
    attention = blocks[layer].attention
    query, key = attention.split_heads(attention.query(x)), attention.split_heads(attention.key(x))
    scores = query @ key.mT * attention.head_size**-0.5
    return (scores + torch.full(scores.shape[-2:], -1e12).triu(1)).softmax(-1)
