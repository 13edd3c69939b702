"""Holds parameters of shape (1, 1, embed) and broadcasts them as they are."""
import torch
import torch.nn as nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(1, 1, embed_size))
        self.beta = nn.Parameter(torch.zeros(1, 1, embed_size))
        self.epsilon = eps

    def forward(self, inputs):
        # inputs: (batch, sequence, embed)
        mean = inputs.mean(dim=-1, keepdim=True)
        var = inputs.var(dim=-1, keepdim=True, unbiased=False)
        return self.gamma * ((inputs - mean) / torch.sqrt(var + self.epsilon)) + self.beta
