"""A mask of the whole context as a buffer, cut to the text and handed to each block by name."""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln_1 = nn.LayerNorm(embed_size)
        self.attn = nn.ModuleDict({name: nn.Linear(embed_size, embed_size) for name in ("query", "key", "value", "o")})
        self.ln_2 = nn.LayerNorm(embed_size)
        self.fc1 = nn.Linear(embed_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, embed_size)
        self.num_heads = num_heads

    def attend(self, x, seen):
        heads = []
        roles = [self.attn[name](x).chunk(self.num_heads, dim=-1) for name in ("query", "key", "value")]
        for q, k, v in zip(*roles):
            scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
            heads.append(torch.softmax(scores.masked_fill(~seen, float("-inf")), -1) @ v)
        return self.attn["o"](torch.cat(heads, dim=-1))

    def forward(self, hidden, *, seen):
        hidden = hidden + self.attend(self.ln_1(hidden), seen)
        return hidden + self.fc2(nn.functional.gelu(self.fc1(self.ln_2(hidden)), approximate="tanh"))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.register_buffer("seen", torch.ones(context_size, context_size, dtype=torch.bool).tril())
        self.tok = nn.Embedding(vocab_size, embed_size)
        self.pos = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList([Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.final = nn.LayerNorm(embed_size)
        self.lm = nn.Linear(embed_size, vocab_size, bias=False)
        self.lm.weight = self.tok.weight

    def forward(self, ids):
        n = ids.shape[1]
        hidden = self.tok(ids) + self.pos(torch.arange(n).expand(len(ids), n))
        for block in self.blocks:
            hidden = block(hidden=hidden, seen=self.seen[:n, :n])
        return self.lm(self.final(hidden))
