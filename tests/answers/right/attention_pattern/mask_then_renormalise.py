"""The mask comes after the softmax, and the rows are divided by their sums."""
import torch


def attention_pattern(model, input_ids, layer):
    a = model.blocks[layer].attention
    seen = []
    handle = model.blocks[layer].register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    model(input_ids)
    handle.remove()
    x = model.blocks[layer].attention_norm(seen[0])
    q, k = a.split_heads(a.query(x)), a.split_heads(a.key(x))
    weights = (q @ k.transpose(-2, -1) / a.head_size**0.5).double().softmax(dim=-1).tril()
    return (weights / weights.sum(dim=-1, keepdim=True)).to(x.dtype)
