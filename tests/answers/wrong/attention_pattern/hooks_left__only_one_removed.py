"""Of two handles the last one is removed."""
import torch


def attention_pattern(model, input_ids, layer):
    a, rows = model.blocks[layer].attention, {}
    handle = a.query.register_forward_hook(lambda m, i, o: rows.update(query=o))
    handle = a.key.register_forward_hook(lambda m, i, o: rows.update(key=o))
    model(input_ids)
    handle.remove()
    scores = a.split_heads(rows["query"]) @ a.split_heads(rows["key"]).mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
