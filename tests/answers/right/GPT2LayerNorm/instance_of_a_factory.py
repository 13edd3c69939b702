"""An object with __call__ that builds the module."""
from torch import nn


class Factory:
    def __call__(self, embed_size, eps=1e-5):
        return nn.LayerNorm(embed_size, eps)


GPT2LayerNorm = Factory()
