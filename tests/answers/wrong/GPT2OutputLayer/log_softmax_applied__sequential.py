"""A Sequential that ends with LogSoftmax."""
from torch import nn


class GPT2OutputLayer(nn.Sequential):
    def __init__(self, embed_size, vocab_size):
        super().__init__(nn.Linear(embed_size, vocab_size, bias=False), nn.LogSoftmax(dim=-1))
