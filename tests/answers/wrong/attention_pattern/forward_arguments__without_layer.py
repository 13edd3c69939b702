"""Takes no number of a layer."""
import torch


def attention_pattern(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    a, x = model.blocks[0].attention, model.blocks[0].attention_norm(x)
    scores = a.split_heads(a.query(x)) @ a.split_heads(a.key(x)).mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
