"""Divided by the root of the embedding size, as attention's scores are by that of the head size."""
import math

from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.out = nn.Linear(embed_size, vocab_size, bias=False)
        self.scale = math.sqrt(embed_size)

    def forward(self, x):
        return self.out(x) / self.scale
