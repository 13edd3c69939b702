"""The embedding takes over the output layer's weight; Sequential for the blocks."""
import torch
import torch.nn as nn

from gpt2_ref.model import GPT2Block


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.h = nn.Sequential(*[GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.ln_f = nn.LayerNorm(embed_size)
        self.lm_head = nn.Linear(embed_size, vocab_size, bias=False)
        self.wte.weight = self.lm_head.weight

    def forward(self, input_ids):
        b, t = input_ids.size()
        pos = torch.arange(0, t).unsqueeze(0).expand(b, t)
        return self.lm_head(self.ln_f(self.h(self.wte(input_ids) + self.wpe(pos))))
