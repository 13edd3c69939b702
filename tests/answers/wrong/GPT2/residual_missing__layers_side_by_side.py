"""Lists of layers, and the stream is replaced, not added to."""
import torch
from torch import nn

from gpt2_ref.model import MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Parameter(torch.randn(vocab_size, embed_size))
        self.wpe = nn.Parameter(torch.randn(context_size, embed_size))
        self.ln1 = nn.ModuleList([nn.LayerNorm(embed_size) for _ in range(num_layers)])
        self.attention = nn.ModuleList([MultiHeadSelfAttention(embed_size, num_heads) for _ in range(num_layers)])
        self.ln2 = nn.ModuleList([nn.LayerNorm(embed_size) for _ in range(num_layers)])
        self.ffn = nn.ModuleList([PositionWiseFeedForward(embed_size, hidden_size) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(embed_size)

    def forward(self, ids):
        x = self.wte[ids] + self.wpe[: ids.shape[1]]
        for i in range(len(self.ffn)):
            x = self.attention[i](self.ln1[i](x))
            x = self.ffn[i](self.ln2[i](x))
        return self.norm(x) @ self.wte.T
