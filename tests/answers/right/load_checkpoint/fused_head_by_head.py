"""A model that keeps query, key and value of each head together: the columns are put into that order."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class Attention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.fused = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        heads = self.fused(x).unflatten(-1, (self.num_heads, 3, -1)).transpose(1, 2)
        y = F.scaled_dot_product_attention(*heads.unbind(3), is_causal=True)
        return self.out(y.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.norm1, self.attention = GPT2LayerNorm(embed_size), Attention(embed_size, num_heads)
        self.norm2, self.mlp = GPT2LayerNorm(embed_size), PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.num_heads = num_heads
        self.wte, self.wpe = nn.Embedding(vocab_size, embed_size), nn.Embedding(context_size, embed_size)
        self.blocks = nn.Sequential(*[Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.blocks(self.wte(ids) + self.wpe(torch.arange(ids.shape[1])))
        return self.norm(x) @ self.wte.weight.T


def load_checkpoint(model, tensors):
    def head_by_head(tensor):
        return tensor.unflatten(-1, (3, model.num_heads, -1)).transpose(-3, -2).flatten(-3)

    state = {"wte.weight": tensors["wte.weight"], "wpe.weight": tensors["wpe.weight"]}
    for kind, turned in (("weight", lambda w: w.T), ("bias", lambda b: b)):
        ours = {"weight": "scale", "bias": "shift"}[kind]
        state[f"norm.{ours}"] = tensors[f"ln_f.{kind}"]
        for i in range(len(model.blocks)):
            prefix = f"blocks.{i}."
            state[f"{prefix}attention.fused.{kind}"] = turned(head_by_head(tensors[f"h.{i}.attn.c_attn.{kind}"]))
            state[f"{prefix}attention.out.{kind}"] = turned(tensors[f"h.{i}.attn.c_proj.{kind}"])
            state[f"{prefix}mlp.expand.{kind}"] = turned(tensors[f"h.{i}.mlp.c_fc.{kind}"])
            state[f"{prefix}mlp.contract.{kind}"] = turned(tensors[f"h.{i}.mlp.c_proj.{kind}"])
            state[f"{prefix}norm1.{ours}"] = tensors[f"h.{i}.ln_1.{kind}"]
            state[f"{prefix}norm2.{ours}"] = tensors[f"h.{i}.ln_2.{kind}"]
    return model.load_state_dict(state)
