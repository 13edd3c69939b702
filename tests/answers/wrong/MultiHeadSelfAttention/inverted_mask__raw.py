"""Raw 4-D parameters, the tilde in front of tril forgotten."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        head_size = embed_size // num_heads
        self.w_in = nn.Parameter(torch.normal(0, 0.02, (3, num_heads, embed_size, head_size)))
        self.w_out = nn.Parameter(torch.normal(0, 0.02, (num_heads, head_size, embed_size)))

    def forward(self, x):
        q, k, v = torch.einsum("b n e, r h e d -> r b h n d", x, self.w_in)
        n, d = q.shape[-2:]
        a = torch.einsum("b h i d, b h j d -> b h i j", q, k) / d ** 0.5
        a = a.masked_fill(torch.tril(torch.ones(n, n, dtype=torch.bool, device=x.device)), -torch.inf)
        a = a.softmax(-1)
        return torch.einsum("b h i j, b h j d, h d e -> b i e", a, v, self.w_out)
