"""Only the last token is scored, as generation wants it."""
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.fc = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, x):
        return self.fc(x[:, -1])
