"""Each block sits in a wrapper with dropout; position vectors in a ParameterList; prints its sizes."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block


class Wrapper(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner, self.drop = inner, nn.Dropout(0.2)

    def forward(self, x):
        return self.drop(self.inner(x))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        print("GPT2:", vocab_size, embed_size)
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList(Wrapper(GPT2Block(embed_size, num_heads, hidden_size)) for _ in range(num_layers))
        self.ln_f = nn.LayerNorm(embed_size, eps=1e-5)

    def forward(self, idx):
        device = idx.device
        b, t = idx.shape
        x = self.wte(idx) + self.wpe(torch.arange(t, dtype=torch.long, device=device))
        for i in range(len(self.blocks)):
            x = self.blocks[i](x)
        x = self.ln_f(x)
        return torch.matmul(x, self.wte.weight.transpose(-1, -2))
