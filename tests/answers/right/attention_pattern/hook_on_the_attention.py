"""A hook catches what the attention is given, which has passed the layer norm already."""
import torch


def attention_pattern(model, input_ids, layer):
    attention = model.blocks[layer].attention
    caught = {}

    def keep(module, inputs, output):
        caught["x"] = inputs[0]

    handle = attention.register_forward_hook(keep)
    try:
        with torch.no_grad():
            model(input_ids)
    finally:
        handle.remove()
    with torch.no_grad():
        q, k = attention.split_heads(attention.query(caught["x"])), attention.split_heads(attention.key(caught["x"]))
        scores = torch.einsum("bhqd,bhkd->bhqk", q, k) * attention.head_size**-0.5
        scores += torch.full(scores.shape[-2:], float("-inf")).triu(1)
        return scores.softmax(-1)
