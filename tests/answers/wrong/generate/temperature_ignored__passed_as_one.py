"""Hands a temperature of 1 to the sampling, whatever was asked."""

import math
import torch
import torch.nn as nn
import torch.nn.functional as F

from my_gpt2 import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        window = ids[:, -model.context_size :]
        logits = model(window)[:, -1, :]
        nxt = sample_next_token(logits, 1.0, top_k)
        ids = torch.cat([ids, nxt[:, None]], dim=1)
    return ids
