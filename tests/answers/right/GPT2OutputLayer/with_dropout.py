"""Dropout before the layer, which is off in evaluation."""
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size, dropout=0.1):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, x):
        return self.out(self.drop(x))
