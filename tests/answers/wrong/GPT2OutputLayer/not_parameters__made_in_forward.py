"""A new layer with every call."""
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.embed_size = embed_size
        self.vocab_size = vocab_size

    def forward(self, x):
        return nn.Linear(self.embed_size, self.vocab_size, bias=False)(x)
