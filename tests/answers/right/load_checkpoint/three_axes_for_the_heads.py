"""A model whose projections have an axis for the heads, with biases, in einsums."""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, e, heads, hidden):
        super().__init__()
        size = e // heads
        self.w = nn.Parameter(torch.randn(3, heads, e, size) * 0.1)
        self.b = nn.Parameter(torch.zeros(3, heads, size))
        self.o = nn.Parameter(torch.randn(heads, size, e) * 0.1)
        self.o_bias = nn.Parameter(torch.zeros(e))
        self.norms = nn.ModuleList([nn.LayerNorm(e), nn.LayerNorm(e)])
        self.mlp = nn.ModuleList([nn.Linear(e, hidden), nn.Linear(hidden, e)])

    def forward(self, x):
        t = x.shape[1]
        q, k, v = torch.einsum("bte,rhes->rbhts", self.norms[0](x), self.w) + self.b[:, None, :, None]
        scores = torch.einsum("bhqs,bhks->bhqk", q, k) / q.shape[-1] ** 0.5
        weights = scores.masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf).softmax(-1)
        x = x + torch.einsum("bhqk,bhks,hse->bqe", weights, v, self.o) + self.o_bias
        wide = nn.functional.gelu(self.mlp[0](self.norms[1](x)), approximate="tanh")
        return x + self.mlp[1](wide)


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.num_heads = num_heads
        self.columns = nn.Parameter(torch.randn(embed_size, vocab_size) * 0.1)
        self.places = nn.Parameter(torch.randn(context_size, embed_size) * 0.1)
        self.blocks = nn.ModuleList([Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(embed_size)

    def forward(self, ids):
        x = self.columns.T[ids] + self.places[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.columns


@torch.no_grad()
def load_checkpoint(model, tensors):
    heads = model.num_heads
    model.columns.copy_(tensors["wte.weight"].T)
    model.places.copy_(tensors["wpe.weight"])
    for i, block in enumerate(model.blocks):
        fused = tensors[f"h.{i}.attn.c_attn.weight"]
        block.w.copy_(fused.unflatten(1, (3, heads, -1)).permute(1, 2, 0, 3))
        block.b.copy_(tensors[f"h.{i}.attn.c_attn.bias"].view(3, heads, -1))
        block.o.copy_(tensors[f"h.{i}.attn.c_proj.weight"].unflatten(0, (heads, -1)))
        block.o_bias.copy_(tensors[f"h.{i}.attn.c_proj.bias"])
        for norm, name in zip(block.norms, ("ln_1", "ln_2")):
            norm.weight.copy_(tensors[f"h.{i}.{name}.weight"])
            norm.bias.copy_(tensors[f"h.{i}.{name}.bias"])
        for layer, name in zip(block.mlp, ("c_fc", "c_proj")):
            layer.weight.copy_(tensors[f"h.{i}.mlp.{name}.weight"].T)
            layer.bias.copy_(tensors[f"h.{i}.mlp.{name}.bias"])
    model.norm.weight.copy_(tensors["ln_f.weight"])
    model.norm.bias.copy_(tensors["ln_f.bias"])
