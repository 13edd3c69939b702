"""The lower triangle of ones is added to the scores."""
import torch
from torch import nn

from gpt2_ref import GPT2LayerNorm, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1 = GPT2LayerNorm(embed_size)
        self.ln2 = GPT2LayerNorm(embed_size)
        self.attn = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        mask = torch.tril(torch.ones(x.shape[1], x.shape[1]))
        n = self.ln1(x)
        x = x + self.attn(n, n, n, attn_mask=mask)[0]
        return x + self.ffn(self.ln2(x))
