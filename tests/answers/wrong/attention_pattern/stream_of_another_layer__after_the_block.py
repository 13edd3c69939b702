"""A hook catches what the block gives, not what it is given."""
import torch


def attention_pattern(model, input_ids, layer):
    block, caught = model.blocks[layer], []
    handle = block.register_forward_hook(lambda module, inputs, output: caught.append(output))
    model(input_ids)
    handle.remove()
    a, x = block.attention, block.attention_norm(caught[0])
    q, k = a.split_heads(a.query(x)), a.split_heads(a.key(x))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
