"""Takes the unbiased variance and corrects it by (n - 1) / n."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.embed_size = embed_size
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(embed_size))
        self.beta = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        n = self.embed_size
        mean = x.mean(dim=-1, keepdim=True)
        variance = x.var(dim=-1, keepdim=True) * (n - 1) / n   # var() divides by n - 1
        return (x - mean) / torch.sqrt(variance + self.eps) * self.gamma + self.beta
