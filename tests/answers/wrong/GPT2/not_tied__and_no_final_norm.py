"""The output layer has its own weights and a bias, and the last norm is missing."""
import torch
import torch.nn as nn

from gpt2_ref.model import GPT2Block


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super(GPT2, self).__init__()
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.positional = nn.Embedding(context_size, embed_size)
        self.layers = nn.ModuleList([GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.fc = nn.Linear(embed_size, vocab_size)

    def forward(self, x):
        seq = torch.arange(0, x.size(1)).unsqueeze(0)
        out = self.embedding(x) + self.positional(seq)
        for layer in self.layers:
            out = layer(out)
        return self.fc(out)
