"""Starts the triangle one step too far right, so that each token sees the next one."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = num_heads
        self.ask, self.offer = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)
        self.give, self.join = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)

    def forward(self, x):
        texts, length, width = x.shape
        cut = lambda y: y.view(texts, length, self.heads, -1).transpose(1, 2)
        ask, offer, give = cut(self.ask(x)), cut(self.offer(x)), cut(self.give(x))
        fit = ask @ offer.mT / ask.size(-1) ** 0.5
        later = torch.ones(length, length, dtype=torch.bool).triu(2)
        share = fit.masked_fill(later, float("-inf")).softmax(-1)
        return self.join((share @ give).transpose(1, 2).reshape(texts, length, width))
