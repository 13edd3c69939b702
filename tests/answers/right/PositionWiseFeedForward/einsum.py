"""einsum with an ellipsis for all axes in front."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.read = nn.Parameter(torch.randn(hidden_size, embed_size) / embed_size**0.5)
        self.read_bias = nn.Parameter(torch.randn(hidden_size) / 10)
        self.write = nn.Parameter(torch.randn(hidden_size, embed_size) / hidden_size**0.5)
        self.write_bias = nn.Parameter(torch.randn(embed_size) / 10)

    def forward(self, x):
        wide = torch.einsum("...e,he->...h", x, self.read) + self.read_bias
        wide = F.gelu(wide, approximate="tanh")
        return torch.einsum("...h,he->...e", wide, self.write) + self.write_bias
