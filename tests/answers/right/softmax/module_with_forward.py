"""An nn.Module instance used as a function."""
import torch
from torch import nn


class Softmax(nn.Module):
    def forward(self, scores):
        e = torch.exp(scores - scores.amax(-1, keepdim=True))
        return e / e.sum(-1, keepdim=True)


softmax = Softmax()
