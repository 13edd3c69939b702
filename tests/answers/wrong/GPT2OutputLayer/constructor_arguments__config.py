"""Built from a dictionary."""
import torch
from torch import nn


class GPT2OutputLayer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.fc = nn.Linear(config["embed_size"], config["vocab_size"], bias=False)

    def forward(self, x):
        return self.fc(x)
