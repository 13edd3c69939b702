"""torch's encoder layer, called without a mask."""
from torch import nn


class GPT2Block(nn.TransformerEncoderLayer):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__(embed_size, num_heads, hidden_size, activation="gelu", batch_first=True, norm_first=True)

    def forward(self, x):
        return super().forward(x)
