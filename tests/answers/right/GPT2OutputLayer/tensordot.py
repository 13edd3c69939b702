"""tensordot over the last axis of x and the first of the weights; prints while it works."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, embed_size, vocab_size):
        super(GPT2OutputLayer, self).__init__()
        self.W = nn.Parameter(torch.zeros(embed_size, vocab_size))
        torch.nn.init.kaiming_normal_(self.W)

    def forward(self, x):
        print("x:", x.shape)
        return torch.tensordot(x, self.W, dims=1)
