"""A layer of the embedding's width comes first."""
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.dense = nn.Linear(embed_size, embed_size, bias=False)
        self.decoder = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, x):
        return self.decoder(self.dense(x))
