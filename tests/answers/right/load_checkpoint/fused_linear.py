"""A model with one Linear for query, key and value."""
import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, hidden), nn.Linear(hidden, width)

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
        self.pos = nn.Parameter(torch.zeros(1, context_size, embed_size))
        self.stack = nn.Sequential(*[Layer(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(embed_size)
        self.head = nn.Linear(embed_size, vocab_size, bias=False)
        self.head.weight = self.emb.weight

    def forward(self, ids):
        x = self.stack(self.emb(ids) + self.pos[:, : ids.size(1)])
        return self.head(self.norm(x))


def load_checkpoint(model, tensors):
    names = {"n1": "ln_1", "qkv": "attn.c_attn", "out": "attn.c_proj", "n2": "ln_2", "up": "mlp.c_fc", "down": "mlp.c_proj"}
    with torch.no_grad():
        model.emb.weight.copy_(tensors["wte.weight"])
        model.pos[0].copy_(tensors["wpe.weight"])
        for i, layer in enumerate(model.stack):
            for mine, theirs in names.items():
                module = getattr(layer, mine)
                weight = tensors[f"h.{i}.{theirs}.weight"]
                module.weight.copy_(weight.T if isinstance(module, nn.Linear) else weight)
                module.bias.copy_(tensors[f"h.{i}.{theirs}.bias"])
        model.norm.weight.copy_(tensors["ln_f.weight"])
        model.norm.bias.copy_(tensors["ln_f.bias"])
