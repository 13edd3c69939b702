"""Takes the width of the query layer for the size of a head."""
import math

import torch
import torch.nn.functional as F


def attention_pattern(model, input_ids, layer):
    rows = {}
    a = model.blocks[layer].attention
    handles = [
        a.query.register_forward_hook(lambda m, i, o: rows.update(q=o)),
        a.key.register_forward_hook(lambda m, i, o: rows.update(k=o)),
    ]
    try:
        model(input_ids)
    finally:
        [h.remove() for h in handles]
    q, k = a.split_heads(rows["q"]), a.split_heads(rows["k"])
    scores = q @ k.mT / math.sqrt(a.query.out_features)
    return F.softmax(scores + torch.full(scores.shape[-2:], -torch.inf).triu(1), dim=-1)
