"""The model's attention has no biases, and the checkpoint's are left out."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1, self.ln2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = MultiHeadSelfAttention(embed_size, num_heads, bias=False)
        self.mlp = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attention(self.ln1(x))
        return x + self.mlp(self.ln2(x))


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
    def norm(layer, name):
        layer.scale.data.copy_(tensors[name + ".weight"])
        layer.shift.data.copy_(tensors[name + ".bias"])

    model.wte.weight.data.copy_(tensors["wte.weight"])
    model.wpe.weight.data.copy_(tensors["wpe.weight"])
    for i, block in enumerate(model.blocks):
        query, key, value = tensors[f"h.{i}.attn.c_attn.weight"].T.chunk(3)
        block.attention.query.weight.data.copy_(query)
        block.attention.key.weight.data.copy_(key)
        block.attention.value.weight.data.copy_(value)
        block.attention.output.weight.data.copy_(tensors[f"h.{i}.attn.c_proj.weight"].T)
        for layer, name in ((block.mlp.expand, "c_fc"), (block.mlp.contract, "c_proj")):
            layer.weight.data.copy_(tensors[f"h.{i}.mlp.{name}.weight"].T)
            layer.bias.data.copy_(tensors[f"h.{i}.mlp.{name}.bias"])
        norm(block.ln1, f"h.{i}.ln_1")
        norm(block.ln2, f"h.{i}.ln_2")
    norm(model.norm, "ln_f")
