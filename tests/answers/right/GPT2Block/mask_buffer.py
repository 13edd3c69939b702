"""A mask made once for the longest text, cut to length."""
import torch
from torch import nn
from torch.nn import functional as F


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size, max_length=1024):
        super().__init__()
        assert embed_size % num_heads == 0
        self.num_heads, self.head_size = num_heads, embed_size // num_heads
        self.norm_1, self.norm_2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.query, self.key, self.value = (nn.Linear(embed_size, embed_size) for _ in range(3))
        self.output = nn.Linear(embed_size, embed_size)
        self.fc_1, self.fc_2 = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)
        self.register_buffer("mask", torch.ones(max_length, max_length).tril().bool(), persistent=False)

    def heads(self, x):
        b, t, _ = x.size()
        return x.view(b, t, self.num_heads, self.head_size).permute(0, 2, 1, 3)

    def attention(self, x):
        b, t, e = x.size()
        q, k, v = self.heads(self.query(x)), self.heads(self.key(x)), self.heads(self.value(x))
        w = torch.matmul(q, k.permute(0, 1, 3, 2)) / self.head_size**0.5
        w = torch.where(self.mask[:t, :t], w, torch.finfo(w.dtype).min)
        return self.output(torch.matmul(w.softmax(-1), v).permute(0, 2, 1, 3).contiguous().view(b, t, e))

    def forward(self, x):
        x = x + self.attention(self.norm_1(x))
        return x + self.fc_2(F.gelu(self.fc_1(self.norm_2(x)), approximate="tanh"))
