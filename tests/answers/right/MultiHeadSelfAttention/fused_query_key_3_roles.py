"""A fused query and key layer as [q|k], a value layer, scores by einsum."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qk = nn.Linear(embed_size, 2 * embed_size, bias=False)
        self.v = nn.Linear(embed_size, embed_size, bias=False)
        self.o = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        b, n, e = x.shape
        shape = b, n, self.num_heads, e // self.num_heads
        q, k = (t.reshape(shape) for t in self.qk(x).chunk(2, -1))
        v = self.v(x).view(shape)
        # i: the position that looks, j: the position it looks at
        scores = torch.einsum("bihd,bjhd->bhij", q, k) / shape[3] ** 0.5
        scores = scores + torch.full((n, n), float("-inf"), device=x.device).triu(1)
        out = torch.einsum("bhij,bjhd->bihd", torch.softmax(scores, dim=3), v)
        return self.o(out.reshape(b, n, e))
