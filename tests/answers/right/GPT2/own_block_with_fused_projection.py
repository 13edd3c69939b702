"""Its own block: one projection for query, key and value, attention by torch's fused function."""
import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = self.qkv(self.n1(x)).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, e))
        return x + self.down(F.gelu(self.up(self.n2(x)), approximate="tanh"))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, embed_size)
        self.pos = nn.Embedding(context_size, embed_size)
        self.register_buffer("places", torch.arange(context_size))
        self.stack = nn.ModuleList([Layer(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(embed_size)
        self.apply(self.start)

    def start(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)

    def forward(self, ids):
        h = self.emb(ids) + self.pos(self.places[: ids.size(1)])
        for layer in self.stack:
            h = layer(h)
        return torch.einsum("bte,ve->btv", self.norm(h), self.emb.weight)
