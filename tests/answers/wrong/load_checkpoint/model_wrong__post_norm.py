"""The loader is right, and the blocks of the model normalise after adding."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


class Block(nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.inner = GPT2Block(*sizes)

    def forward(self, x):
        inner = self.inner
        x = inner.attention_norm(x + inner.attention(x))
        return inner.feed_forward_norm(x + inner.feed_forward(x))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList([Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.wte.weight.T


def load_checkpoint(model, tensors):
    def linear(layer, weight, bias):
        layer.weight.copy_(weight.T)
        layer.bias.copy_(bias)

    def norm(layer, name):
        layer.scale.copy_(tensors[name + ".weight"])
        layer.shift.copy_(tensors[name + ".bias"])

    with torch.no_grad():
        model.wte.weight.copy_(tensors["wte.weight"])
        model.wpe.weight.copy_(tensors["wpe.weight"])
        for i, wrapped in enumerate(model.blocks):
            block = wrapped.inner
            pick = lambda name: (tensors[f"h.{i}.{name}.weight"], tensors[f"h.{i}.{name}.bias"])
            attention, (weight, bias) = block.attention, pick("attn.c_attn")
            for layer, w, b in zip((attention.query, attention.key, attention.value), weight.chunk(3, 1), bias.chunk(3)):
                linear(layer, w, b)
            linear(attention.output, *pick("attn.c_proj"))
            linear(block.feed_forward.expand, *pick("mlp.c_fc"))
            linear(block.feed_forward.contract, *pick("mlp.c_proj"))
            norm(block.attention_norm, f"h.{i}.ln_1")
            norm(block.feed_forward_norm, f"h.{i}.ln_2")
        norm(model.norm, "ln_f")
