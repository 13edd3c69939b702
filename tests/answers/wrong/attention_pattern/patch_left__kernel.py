"""Replaces torch's attention kernel and leaves it so."""
import torch
import torch.nn.functional as F

KERNEL = F.scaled_dot_product_attention


def attention_pattern(model, input_ids, layer):
    patterns = []

    def noting(query, key, value, **options):
        scores = query @ key.mT / query.shape[-1] ** 0.5
        hidden = torch.ones(scores.shape[-2:]).triu(1).bool()
        patterns.append(scores.masked_fill(hidden, -torch.inf).softmax(-1))
        return KERNEL(query, key, value, **options)

    F.scaled_dot_product_attention = noting
    model(input_ids)
    return patterns[layer]
