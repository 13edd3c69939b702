"""One head as a function of its matrices, mapped over the heads with torch.vmap."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        size = embed_size // num_heads
        self.wq = nn.Parameter(torch.randn(num_heads, embed_size, size) / embed_size ** 0.5)
        self.wk = nn.Parameter(torch.randn(num_heads, embed_size, size) / embed_size ** 0.5)
        self.wv = nn.Parameter(torch.randn(num_heads, embed_size, size) / embed_size ** 0.5)
        self.wo = nn.Parameter(torch.randn(num_heads, size, embed_size) / embed_size ** 0.5)

    def forward(self, x):
        n = x.shape[1]
        causal = torch.ones(n, n, dtype=torch.bool, device=x.device).tril()

        def head(wq, wk, wv, wo):
            s = (x @ wq) @ (x @ wk).transpose(1, 2) / wq.shape[-1] ** 0.5
            return torch.softmax(torch.where(causal, s, -torch.inf), -1) @ (x @ wv) @ wo

        return torch.vmap(head)(self.wq, self.wk, self.wv, self.wo).sum(0)
