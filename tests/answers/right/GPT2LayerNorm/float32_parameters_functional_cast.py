"""F.layer_norm in float32 with the weights cast, as mixed-precision code does."""
import torch.nn.functional as F
from torch import nn


class GPT2LayerNorm(nn.LayerNorm):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__(embed_size, eps=eps)

    def forward(self, x):
        y = F.layer_norm(x.float(), self.normalized_shape, self.weight.float(), self.bias.float(), self.eps)
        return y.type_as(x)
