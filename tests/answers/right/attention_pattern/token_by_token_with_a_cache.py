"""Runs the text token by token with the model's cache and joins the queries and keys."""
import torch


@torch.no_grad()
def attention_pattern(model, input_ids, layer):
    attention, cache = model.blocks[layer].attention, model.new_cache()
    queries, keys = [], []
    hooks = [
        attention.query.register_forward_hook(lambda module, inputs, output: queries.append(output)),
        attention.key.register_forward_hook(lambda module, inputs, output: keys.append(output)),
    ]
    for place in range(input_ids.shape[1]):
        model(input_ids[:, place : place + 1], cache)
    for hook in hooks:
        hook.remove()
    query, key = (attention.split_heads(torch.cat(rows, dim=1)) for rows in (queries, keys))
    scores = query @ key.mT / attention.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
