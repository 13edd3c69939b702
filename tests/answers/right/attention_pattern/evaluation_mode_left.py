"""Leaves the model in evaluation mode: right, with a remark."""
import torch


@torch.no_grad()
def attention_pattern(model, input_ids, layer):
    model.eval()
    batch, length = input_ids.shape
    x = model.token_embedding(input_ids) + model.position_embedding.weight[:length]
    for block in model.blocks[:layer]:
        x = block(x)
    attention = model.blocks[layer].attention
    x = model.blocks[layer].attention_norm(x)
    q = attention.query(x).view(batch, length, -1, attention.head_size).transpose(1, 2)
    k = attention.key(x).view(batch, length, -1, attention.head_size).transpose(1, 2)
    scores = q @ k.transpose(-1, -2) / attention.head_size**0.5
    mask = torch.tril(torch.ones(length, length)).bool()
    scores[:, :, ~mask] = float("-inf")
    return scores.softmax(dim=-1)
