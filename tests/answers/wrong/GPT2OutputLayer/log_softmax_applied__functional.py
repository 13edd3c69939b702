"""Logarithms of probabilities, for nll_loss."""
import torch.nn.functional as F
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.proj = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, x):
        return F.log_softmax(self.proj(x), dim=-1)
