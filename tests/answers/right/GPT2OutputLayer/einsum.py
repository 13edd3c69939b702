"""An einsum over the embedding, whatever axes come before it."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.table = nn.Parameter(torch.randn(vocab_size, embed_size) / embed_size**0.5)

    def forward(self, x):
        return torch.einsum("...e,ve->...v", x, self.table)
