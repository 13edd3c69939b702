"""Only the last token is scored; the axis of tokens stays."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.w = nn.Parameter(torch.randn(embed_size, vocab_size))

    def forward(self, x):
        return x[..., -1:, :] @ self.w
