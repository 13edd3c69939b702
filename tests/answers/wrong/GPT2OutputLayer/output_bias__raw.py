"""A raw bias that starts at 0."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocab_size, embed_size))
        self.bias = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, x):
        return x @ self.weight.T + self.bias
