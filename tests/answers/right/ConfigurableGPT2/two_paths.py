"""An if around all of forward."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.use_positions = learned_positions
        self.context_size = context_size
        self.emb = nn.Embedding(vocab_size, embed_size)
        if self.use_positions:
            self.pos = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList()
        for _ in range(num_layers):
            module = attention(embed_size, num_heads)
            self.blocks.append(TransformerBlock(embed_size, hidden_size, module))
        self.ln = GPT2LayerNorm(embed_size)
        self.head = nn.Linear(embed_size, vocab_size, bias=False)
        self.head.weight = self.emb.weight

    def forward(self, ids):
        if self.use_positions:
            h = self.emb(ids) + self.pos(torch.arange(ids.shape[1])).unsqueeze(0)
        else:
            h = self.emb(ids)
        for block in self.blocks:
            h = block(h)
        h = self.ln(h)
        return self.head(h)
