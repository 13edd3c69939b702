"""torch's own encoder layer, told to normalise first and given a causal mask."""
from functools import partial

import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(
            embed_size,
            num_heads,
            dim_feedforward=hidden_size,
            activation=partial(F.gelu, approximate="tanh"),
            batch_first=True,
            norm_first=True,
        )

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype)
        return self.layer(x, src_mask=mask, is_causal=True)
