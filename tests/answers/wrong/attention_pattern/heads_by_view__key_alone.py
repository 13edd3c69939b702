"""The query is split well, the key by a reshape alone."""
import torch

from gpt2_ref.model import streams


def attention_pattern(model, input_ids, layer):
    a = model.blocks[layer].attention
    x = model.blocks[layer].attention_norm(streams(model, input_ids)[layer])
    q = a.split_heads(a.query(x))
    k = a.key(x).reshape(q.shape)
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
