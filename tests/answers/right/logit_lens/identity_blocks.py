"""In a copy the late blocks are replaced by one that does nothing."""
import copy

import torch
from torch import nn


class Nothing(nn.Module):
    def forward(self, x, cache=None):
        return x


def logit_lens(model, input_ids):
    rows = []
    for number in range(len(model.blocks) + 1):
        early = copy.copy(model)
        early._modules = dict(model._modules)
        early.blocks = nn.ModuleList([b if i < number else Nothing() for i, b in enumerate(model.blocks)])
        rows.append(early(input_ids))
    return torch.stack(rows)
