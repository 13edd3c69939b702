"""A learned temperature beside the weights."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.fc = nn.Linear(embed_size, vocab_size, bias=False)
        self.temperature = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return self.fc(x) / self.temperature
