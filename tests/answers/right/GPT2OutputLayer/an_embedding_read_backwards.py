"""An embedding layer whose table is used as output weights."""
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)

    def forward(self, x):
        return x.matmul(self.tokens.weight.transpose(0, 1))
