"""Small normal weights, zero biases, and a result that is scaled down for a deep model."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size, num_layers=12):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.act = nn.GELU(approximate="tanh")
        self.down = nn.Linear(hidden_size, embed_size)
        nn.init.normal_(self.up.weight, std=0.02)
        nn.init.normal_(self.down.weight, std=0.02 / (2 * num_layers) ** 0.5)
        nn.init.zeros_(self.up.bias)
        nn.init.zeros_(self.down.bias)

    def forward(self, x):
        return self.down(self.act(self.up(x)))
