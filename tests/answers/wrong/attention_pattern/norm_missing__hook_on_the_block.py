"""A hook catches what the block is given, which has not passed its layer norm."""
import torch


@torch.no_grad()
def attention_pattern(model, input_ids, layer):
    block, caught = model.blocks[layer], []
    handle = block.register_forward_pre_hook(lambda module, inputs: caught.append(inputs[0]))
    model(input_ids)
    handle.remove()
    q = block.attention.split_heads(block.attention.query(caught[0]))
    k = block.attention.split_heads(block.attention.key(caught[0]))
    scores = q @ k.mT / block.attention.head_size**0.5
    scores += torch.full(scores.shape[-2:], -torch.inf).triu(1)
    return scores.softmax(-1)
