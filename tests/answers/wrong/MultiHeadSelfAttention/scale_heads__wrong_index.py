"""q.size()[1] is the number of heads."""
import math
import torch
import torch.nn as nn


def attend(q, k, v, lower):
    size = q.size()[1]
    scores = torch.matmul(q, k.transpose(2, 3)).div(math.sqrt(size))
    scores = scores.masked_fill(lower == 0, -1e12)
    return torch.matmul(scores.softmax(3), v)


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.first = nn.Linear(embed_size, 3 * embed_size)
        self.last = nn.Linear(embed_size, embed_size)
        for layer in (self.first, self.last):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        batch, sequence, embed = x.shape
        per_head = self.first(x).reshape(batch, sequence, self.num_heads, -1).permute(0, 2, 1, 3)
        q, k, v = per_head.chunk(3, dim=-1)
        heads = attend(q, k, v, torch.ones(sequence, sequence, device=x.device).tril())
        heads = heads.permute(0, 2, 1, 3)
        return self.last(heads.reshape(batch, sequence, embed))
