"""A model with one small module for each head: every head gets its own columns."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class Head(nn.Module):
    def __init__(self, embed_size, size):
        super().__init__()
        self.roles = nn.ModuleList([nn.Linear(embed_size, size) for _ in range(3)])

    def forward(self, x):
        q, k, v = (role(x) for role in self.roles)
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1) > 0
        return (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(hidden, -1e9).softmax(-1) @ v


class Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.n1, self.n2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.heads = nn.ModuleList([Head(embed_size, embed_size // num_heads) for _ in range(num_heads)])
        self.merge = nn.Linear(embed_size, embed_size)
        self.mlp = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        y = self.n1(x)
        x = x + self.merge(torch.cat([head(y) for head in self.heads], dim=-1))
        return x + self.mlp(self.n2(x))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocab_size, embed_size), nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList([Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.wte.weight.T


def load_checkpoint(model, tensors):
    def linear(layer, weight, bias):
        layer.weight.data[:] = weight.T
        layer.bias.data[:] = bias

    def norm(layer, name):
        layer.scale.data[:] = tensors[name + ".weight"]
        layer.shift.data[:] = tensors[name + ".bias"]

    model.wte.weight.data[:] = tensors["wte.weight"]
    model.wpe.weight.data[:] = tensors["wpe.weight"]
    for i, block in enumerate(model.blocks):
        weight, bias = tensors[f"h.{i}.attn.c_attn.weight"], tensors[f"h.{i}.attn.c_attn.bias"]
        size = weight.shape[0] // len(block.heads)
        for number, head in enumerate(block.heads):
            for part, layer in enumerate(head.roles):
                start = part * weight.shape[0] + number * size
                linear(layer, weight[:, start : start + size], bias[start : start + size])
        for layer, name in (
            (block.merge, "attn.c_proj"),
            (block.mlp.expand, "mlp.c_fc"),
            (block.mlp.contract, "mlp.c_proj"),
        ):
            linear(layer, tensors[f"h.{i}.{name}.weight"], tensors[f"h.{i}.{name}.bias"])
        norm(block.n1, f"h.{i}.ln_1")
        norm(block.n2, f"h.{i}.ln_2")
    norm(model.norm, "ln_f")
