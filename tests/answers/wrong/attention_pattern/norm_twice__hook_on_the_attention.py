"""A hook on the attention catches what is normalised already, and it is normalised again."""
import torch


def attention_pattern(model, input_ids, layer):
    block = model.blocks[layer]
    caught = {}

    def keep(module, inputs, output):
        caught["x"] = inputs[0].detach()

    handle = block.attention.register_forward_hook(keep)
    with torch.no_grad():
        model(input_ids)
    handle.remove()
    x = block.attention_norm(caught["x"])
    b, t, e = x.shape
    heads = e // block.attention.head_size
    q = block.attention.query(x).view(b, t, heads, -1).transpose(1, 2)
    k = block.attention.key(x).view(b, t, heads, -1).transpose(1, 2)
    scores = q @ k.transpose(-2, -1) / block.attention.head_size**0.5
    scores = scores.masked_fill(torch.tril(torch.ones(t, t)) == 0, float("-inf"))
    return scores.softmax(dim=-1)
