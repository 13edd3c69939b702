"""The exact form of GELU, in a Sequential."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm


class TransformerBlock(nn.Module):
    def __init__(self, embed_size: int, hidden_size: int, attention: nn.Module) -> None:
        super().__init__()
        self.ln_1 = GPT2LayerNorm(embed_size)
        self.attn = attention
        self.ln_2 = GPT2LayerNorm(embed_size)
        self.mlp = nn.Sequential(nn.Linear(embed_size, hidden_size), nn.GELU(), nn.Linear(hidden_size, embed_size))

    def forward(self, x):
        attended = x + self.attn(self.ln_1(x))
        return attended + self.mlp(self.ln_2(attended))
