"""Its default is an attention with one fused projection and a mask buffer that grows."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, TransformerBlock


class FusedAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.project = nn.Linear(embed_size, 3 * embed_size)
        self.merge = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        heads = self.project(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(*heads, is_causal=True)
        return self.merge(mixed.transpose(1, 2).flatten(-2))


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=FusedAttention, learned_positions=True):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size) if learned_positions else None
        blocks = (TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers))
        self.blocks = nn.ModuleList(blocks)
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.wte(ids)
        if self.wpe is not None:
            x = x + self.wpe.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.wte.weight)
