"""The last layer norm lives in the output layer."""
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.norm = nn.LayerNorm(embed_size)
        self.fc = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, x):
        return self.fc(self.norm(x))
