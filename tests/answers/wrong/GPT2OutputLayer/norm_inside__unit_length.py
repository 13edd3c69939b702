"""Every embedding gets length 1 first."""
import torch.nn.functional as F
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.head = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, x):
        return self.head(F.normalize(x, dim=-1))
