"""The streams and the mask of the course's own model."""
from gpt2_ref.model import streams, visible
import torch


def attention_pattern(model, input_ids, layer):
    block = model.blocks[layer]
    x = block.attention_norm(streams(model, input_ids)[layer])
    where = torch.arange(x.shape[1])
    q = block.attention.split_heads(block.attention.query(x))
    k = block.attention.split_heads(block.attention.key(x))
    scores = q @ k.mT * block.attention.head_size**-0.5
    return (scores + torch.where(visible(where, where), 0.0, -torch.inf)).softmax(-1)
