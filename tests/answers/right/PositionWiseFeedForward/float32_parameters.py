"""Parameters made as float32 tensors by torch.FloatTensor."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.w_in = nn.Parameter(torch.FloatTensor(embed_size, hidden_size).uniform_(-0.1, 0.1))
        self.w_out = nn.Parameter(torch.FloatTensor(hidden_size, embed_size).uniform_(-0.1, 0.1))
        self.b_in = nn.Parameter(torch.zeros(hidden_size, dtype=torch.float32))
        self.b_out = nn.Parameter(torch.zeros(embed_size, dtype=torch.float32))

    def forward(self, x):
        return F.gelu(x.matmul(self.w_in) + self.b_in, approximate="tanh").matmul(self.w_out) + self.b_out
