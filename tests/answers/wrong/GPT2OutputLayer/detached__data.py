"""The weights' data, which carries no gradient."""
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.fc = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, x):
        return x @ self.fc.weight.data.T
