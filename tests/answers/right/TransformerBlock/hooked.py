"""The residual additions are made by hooks."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


def adding(module, arguments, result):
    return arguments[0] + result


class TransformerBlock(nn.Sequential):
    def __init__(self, embed_size, hidden_size, attention):
        feed_forward = PositionWiseFeedForward(embed_size, hidden_size)
        super().__init__(*(nn.Sequential(GPT2LayerNorm(embed_size), part) for part in (attention, feed_forward)))
        for half in self:
            half.register_forward_hook(adding)
