"""view in place of a transpose: the shapes fit, the numbers lie elsewhere."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.embed_size, self.vocab_size = embed_size, vocab_size
        self.weight = nn.Parameter(torch.randn(vocab_size, embed_size))

    def forward(self, x):
        return x @ self.weight.view(self.embed_size, self.vocab_size)
