"""ReLU after the layer."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.W = nn.Parameter(torch.randn(embed_size, vocab_size))

    def forward(self, x):
        return (x @ self.W).relu()
