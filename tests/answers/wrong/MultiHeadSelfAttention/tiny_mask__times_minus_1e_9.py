"""mask * -1e-9 where -1e9 was meant."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.wq = nn.Linear(embed_size, embed_size)
        self.wk = nn.Linear(embed_size, embed_size)
        self.wv = nn.Linear(embed_size, embed_size)
        self.wo = nn.Linear(embed_size, embed_size)

    def heads(self, vectors):
        batch, length, embed = vectors.shape
        return vectors.reshape(batch, length, self.num_heads, embed // self.num_heads).transpose(1, 2)

    def forward(self, x, mask=None):
        if mask is None:
            mask = torch.ones(x.size(1), x.size(1), device=x.device).triu(1)   # 1 where it is forbidden to look
        q, k, v = self.heads(self.wq(x)), self.heads(self.wk(x)), self.heads(self.wv(x))
        scores = q @ k.transpose(2, 3) / q.size(-1) ** 0.5
        scores = scores + mask * -1e-9
        weights = scores.softmax(dim=-1)
        return self.wo((weights @ v).transpose(1, 2).reshape(x.shape))
