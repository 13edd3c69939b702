"""Probabilities right away."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.fc = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, x):
        return torch.softmax(self.fc(x), dim=-1)
