"""A model around nn.MultiheadAttention, whose fused weight is (3 embed, embed)."""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.before_attention = nn.LayerNorm(embed_size)
        self.attention = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)
        self.before_mlp = nn.LayerNorm(embed_size)
        self.mlp = nn.Sequential(
            nn.Linear(embed_size, hidden_size), nn.GELU(approximate="tanh"), nn.Linear(hidden_size, embed_size)
        )

    def forward(self, x):
        n = x.shape[1]
        mask = torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1)
        y = self.before_attention(x)
        x = x + self.attention(y, y, y, attn_mask=mask, need_weights=False)[0]
        return x + self.mlp(self.before_mlp(x))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.token = nn.Embedding(vocab_size, embed_size)
        self.place = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList([Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.last = nn.LayerNorm(embed_size)

    def forward(self, ids):
        x = self.token(ids) + self.place.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.last(x) @ self.token.weight.T


def load_checkpoint(model, tensors):
    def both(module, weight, bias):
        module.weight.data.copy_(weight)
        module.bias.data.copy_(bias)

    model.token.weight.data.copy_(tensors["wte.weight"])
    model.place.weight.data.copy_(tensors["wpe.weight"])
    for i, block in enumerate(model.blocks):
        h = lambda name: (tensors[f"h.{i}.{name}.weight"], tensors[f"h.{i}.{name}.bias"])
        both(block.before_attention, *h("ln_1"))
        weight, bias = h("attn.c_attn")
        block.attention.in_proj_weight.data.copy_(weight.T)
        block.attention.in_proj_bias.data.copy_(bias)
        weight, bias = h("attn.c_proj")
        both(block.attention.out_proj, weight.T, bias)
        both(block.before_mlp, *h("ln_2"))
        for layer, name in ((block.mlp[0], "mlp.c_fc"), (block.mlp[2], "mlp.c_proj")):
            weight, bias = h(name)
            both(layer, weight.T, bias)
    both(model.last, tensors["ln_f.weight"], tensors["ln_f.bias"])
    return model
