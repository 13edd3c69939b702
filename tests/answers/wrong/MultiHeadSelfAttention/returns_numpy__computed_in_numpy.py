"""Softmax taken from NumPy, and so is the rest."""
import numpy as np
import torch
import torch.nn as nn


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, embed_size)
        self.v = nn.Linear(embed_size, embed_size)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = [
            f(x).detach().numpy().reshape(b, t, self.num_heads, -1).transpose(0, 2, 1, 3) for f in (self.q, self.k, self.v)
        ]
        s = q @ k.transpose(0, 1, 3, 2) / np.sqrt(q.shape[-1])
        s = s + np.triu(np.full((t, t), -np.inf), 1)
        y = (softmax(s) @ v).transpose(0, 2, 1, 3).reshape(b, t, e)
        return y @ self.o.weight.detach().numpy().T + self.o.bias.detach().numpy()
