"""Everything is made in __new__; the class has no __init__."""
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __new__(cls, embed_size, eps=1e-5):
        return nn.LayerNorm(embed_size, eps=eps)
