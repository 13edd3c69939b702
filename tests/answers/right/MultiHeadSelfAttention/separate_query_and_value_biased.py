"""Biases on the query and value layers only, since a key bias cancels in the softmax."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.shape = (num_heads, embed_size // num_heads)
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size, bias=False)   # softmax does not see a key bias
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        query = self.query(x).unflatten(2, self.shape)
        key = self.key(x).unflatten(2, self.shape)
        value = self.value(x).unflatten(2, self.shape)
        y = F.scaled_dot_product_attention(*(t.transpose(1, 2) for t in (query, key, value)), is_causal=True)
        return self.output(y.transpose(1, 2).reshape(x.shape))
