"""A log of the scores gives NaN where they are negative."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        self.Wq = nn.Parameter(torch.randn(embed_size, embed_size) / embed_size ** 0.5)
        self.Wk = nn.Parameter(torch.randn(embed_size, embed_size) / embed_size ** 0.5)
        self.Wv = nn.Parameter(torch.randn(embed_size, embed_size) / embed_size ** 0.5)
        self.Wo = nn.Parameter(torch.randn(embed_size, embed_size) / embed_size ** 0.5)

    def forward(self, x):
        b, t, e = x.shape
        Q, K, V = x @ self.Wq, x @ self.Wk, x @ self.Wv
        Q = Q.view(b, t, self.num_heads, self.head_size).transpose(1, 2)
        K = K.view(b, t, self.num_heads, self.head_size).transpose(1, 2)
        V = V.view(b, t, self.num_heads, self.head_size).transpose(1, 2)
        A = Q @ K.transpose(-2, -1) / self.head_size ** 0.5
        A = torch.where(torch.ones(t, t, device=x.device).tril() > 0, A, float("-inf"))
        A = torch.softmax(torch.log(A), dim=-1)
        return (A @ V).transpose(1, 2).reshape(b, t, e) @ self.Wo
