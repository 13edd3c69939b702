"""The feed-forward layer of the first transformer, with dropout."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size, p=0.1):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(embed_size, hidden_size), nn.ReLU(inplace=True), nn.Dropout(p), nn.Linear(hidden_size, embed_size)
        )

    def forward(self, x):
        return self.body(x)
