"""Future scores are filled with -1e-20 where -1e20 was meant."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = num_heads
        self.size = embed_size // num_heads
        self.w_query = nn.Linear(embed_size, embed_size)
        self.w_key = nn.Linear(embed_size, embed_size)
        self.w_value = nn.Linear(embed_size, embed_size)
        self.w_out = nn.Linear(embed_size, embed_size)
        self._later = None

    def later(self, n, device):
        if self._later is None or len(self._later) < n:
            place = torch.arange(n, device=device)
            self._later = place > place.unsqueeze(1)
        return self._later[:n, :n]

    def forward(self, x):
        b, n, e = x.shape
        q, k, v = (w(x).view(b, n, self.heads, self.size) for w in (self.w_query, self.w_key, self.w_value))
        scores = torch.einsum("bqhs,bkhs->bhqk", q, k)
        scores = scores.masked_fill(self.later(n, x.device), -1e-20)
        weights = torch.softmax(scores / self.size ** 0.5, dim=3)
        return self.w_out(torch.einsum("bhqk,bkhs->bqhs", weights, v).flatten(2))
