"""The vocabulary in two halves, each with a layer of its own."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        half = vocab_size // 2
        self.first = nn.Linear(embed_size, half, bias=False)
        self.second = nn.Linear(embed_size, vocab_size - half, bias=False)

    def forward(self, x):
        return torch.cat((self.first(x), self.second(x)), dim=-1)
