"""Small layers in lists: one per query head, one key and one value layer per group; output summed over heads."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        size = embed_size // num_heads
        self.q = nn.ModuleList([nn.Linear(embed_size, size) for _ in range(num_heads)])
        self.kv = nn.ModuleList([nn.Linear(embed_size, 2 * size) for _ in range(num_groups)])
        self.o = nn.ModuleList([nn.Linear(size, embed_size, bias=head == 0) for head in range(num_heads)])

    def forward(self, x):
        pairs = [kv(x).chunk(2, dim=-1) for kv in self.kv]
        seen = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
        total = 0
        for number, (ask, out) in enumerate(zip(self.q, self.o)):
            key, value = pairs[number * len(pairs) // len(self.q)]
            scores = ask(x) @ key.mT / key.shape[-1] ** 0.5
            total = total + out(scores.where(seen, -torch.inf).softmax(-1) @ value)
        return total
