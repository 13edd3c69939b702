"""nn.Linear as it comes, with a bias."""
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.fc = nn.Linear(embed_size, vocab_size)

    def forward(self, x):
        return self.fc(x)
