"""Draws with random.choices, one row after the other."""
import random

import torch


def draw(row, temperature, top_k):
    ids = row.argsort(descending=True)[:top_k]
    if temperature == 0:
        return ids[0].item()
    return random.choices(ids.tolist(), weights=(row[ids] / temperature).softmax(0).tolist())[0]


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    with torch.no_grad():
        for _ in range(max_length - ids.shape[1]):
            rows = model(ids[:, -model.context_size :])[:, -1]
            ids = torch.cat([ids, torch.tensor([[draw(row, temperature, top_k)] for row in rows])], dim=1)
    return ids
