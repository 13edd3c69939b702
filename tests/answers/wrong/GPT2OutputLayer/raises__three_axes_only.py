"""Unpacks exactly three axes."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocab_size, embed_size))

    def forward(self, x):
        batch, sequence, embed = x.shape
        return (x.reshape(batch * sequence, embed) @ self.weight.T).reshape(batch, sequence, -1)
