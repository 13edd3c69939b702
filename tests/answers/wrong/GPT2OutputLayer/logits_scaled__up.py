"""Multiplied by the root of the embedding size."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocab_size, embed_size) * 0.02)

    def forward(self, x):
        return torch.einsum("...e, ve -> ...v", x * x.shape[-1] ** 0.5, self.weight)
