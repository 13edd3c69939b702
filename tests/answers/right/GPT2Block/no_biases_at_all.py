"""No linear layer has a bias."""
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.n = num_heads
        self.norms = nn.ModuleList([nn.LayerNorm(embed_size) for _ in range(2)])
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size, bias=False) for _ in range(4))
        self.up = nn.Linear(embed_size, hidden_size, bias=False)
        self.down = nn.Linear(hidden_size, embed_size, bias=False)

    def split(self, t):
        return t.view(*t.shape[:2], self.n, -1).transpose(1, 2)

    def forward(self, x):
        a = self.norms[0](x)
        a = F.scaled_dot_product_attention(self.split(self.q(a)), self.split(self.k(a)), self.split(self.v(a)), is_causal=True)
        x = x + self.o(a.transpose(1, 2).reshape(x.shape))
        return x + self.down(F.gelu(self.up(self.norms[1](x)), approximate="tanh"))
