"""Everything in one class: a fused projection, torch's fused attention, two more linears."""
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = nn.LayerNorm(embed_size)
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.proj = nn.Linear(embed_size, embed_size)
        self.ln_2 = nn.LayerNorm(embed_size)
        self.fc = nn.Linear(embed_size, hidden_size)
        self.out = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (
            part.view(B, T, self.num_heads, C // self.num_heads).transpose(1, 2)
            for part in self.qkv(self.ln_1(x)).split(C, dim=2)
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(B, T, C))
        return x + self.out(F.gelu(self.fc(self.ln_2(x)), approximate="tanh"))
