"""A linear layer without a bias, inside."""
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.scores = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, x):
        return self.scores(x)
