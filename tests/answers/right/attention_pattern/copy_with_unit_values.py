"""In a copy of the layer the values are replaced, so that the gathered rows show the weights."""
import copy

import torch


def attention_pattern(model, input_ids, layer):
    whole = copy.deepcopy(model)
    attention = whole.blocks[layer].attention
    caught = []
    attention.register_forward_pre_hook(lambda module, inputs: caught.append(inputs[0].detach()))
    with torch.no_grad():
        whole(input_ids)
    x = caught[0]
    batch, length, width = x.shape
    heads, size = width // attention.head_size, attention.head_size
    # Each key in turn gets a value of 1 in every place, all the others of 0.
    columns = []
    attention.output = torch.nn.Identity()
    for place in range(length):
        marked = torch.zeros(batch, length, width, dtype=x.dtype)
        marked[:, place] = 1
        attention.value.forward = lambda _, marked=marked: marked
        with torch.no_grad():
            columns.append(attention(x).view(batch, length, heads, size)[..., 0])
    return torch.stack(columns, dim=-1).transpose(1, 2)
