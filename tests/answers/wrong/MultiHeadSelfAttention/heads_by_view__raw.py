"""Raw matrices, heads by view."""
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
        Q = Q.view(b, self.num_heads, t, self.head_size)
        K = K.view(b, self.num_heads, t, self.head_size)
        V = V.view(b, self.num_heads, t, self.head_size)
        A = Q @ K.transpose(-2, -1) / self.head_size ** 0.5
        A = torch.where(torch.ones(t, t, device=x.device).tril() > 0, A, float("-inf"))
        A = torch.softmax(A, dim=-1)
        return (A @ V).transpose(1, 2).reshape(b, t, e) @ self.Wo
