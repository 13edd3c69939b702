"""Takes the block after the one that is asked for."""
import torch


def attention_pattern(model, input_ids, layer):
    wanted = model.blocks[layer + 1]
    caught = []
    handle = wanted.attention.register_forward_pre_hook(lambda m, inputs: caught.append(inputs[0]))
    model(input_ids)
    handle.remove()
    a = wanted.attention
    q, k = a.split_heads(a.query(caught[0])), a.split_heads(a.key(caught[0]))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
