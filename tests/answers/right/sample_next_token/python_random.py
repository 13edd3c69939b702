"""Draws with Python's random.choices, one row after the other."""
import math
import random

import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    answer = []
    for row in logits.tolist():
        ids = sorted(range(len(row)), key=row.__getitem__, reverse=True)
        if temperature == 0:
            answer.append(ids[0])
            continue
        ids = ids[: top_k or len(ids)]
        top = row[ids[0]]
        weights = [math.exp((row[i] - top) / temperature) for i in ids]
        if top_p is not None:
            total, sum_so_far, n = sum(weights), 0.0, 0
            while n < len(weights) and sum_so_far < top_p * total:
                sum_so_far += weights[n]
                n += 1
            ids, weights = ids[:n], weights[:n]
        answer.append(random.choices(ids, weights)[0])
    return torch.tensor(answer)
