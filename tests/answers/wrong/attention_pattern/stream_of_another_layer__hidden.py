"""model.hidden gives the end of the stream, whichever layer is asked for."""
import torch


def attention_pattern(model, input_ids, layer):
    x = model.hidden(input_ids)
    a = model.blocks[layer].attention
    q, k = a.split_heads(a.query(x)), a.split_heads(a.key(x))
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
