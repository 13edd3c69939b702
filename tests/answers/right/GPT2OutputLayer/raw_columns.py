"""A parameter with one column for each token of the vocabulary."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.into_vocab = nn.Parameter(torch.empty(embed_size, vocab_size))
        nn.init.xavier_uniform_(self.into_vocab)

    def forward(self, x):
        return torch.matmul(x, self.into_vocab)
