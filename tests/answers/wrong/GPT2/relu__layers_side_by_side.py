"""Lists of layers, ReLU in the feed-forward part."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.ln1 = nn.ModuleList([GPT2LayerNorm(embed_size) for _ in range(num_layers)])
        self.attention = nn.ModuleList([MultiHeadSelfAttention(embed_size, num_heads) for _ in range(num_layers)])
        self.ln2 = nn.ModuleList([GPT2LayerNorm(embed_size) for _ in range(num_layers)])
        self.up = nn.ModuleList([nn.Linear(embed_size, hidden_size) for _ in range(num_layers)])
        self.down = nn.ModuleList([nn.Linear(hidden_size, embed_size) for _ in range(num_layers)])
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for ln1, attention, ln2, up, down in zip(self.ln1, self.attention, self.ln2, self.up, self.down):
            x = x + attention(ln1(x))
            x = x + down(up(ln2(x)).relu())
        return self.norm(x) @ self.wte.weight.T
