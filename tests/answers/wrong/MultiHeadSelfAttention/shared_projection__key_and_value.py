"""Key and value come from the same layer."""
import torch
from torch import nn
from einops import rearrange


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.asks = nn.Linear(embed_size, embed_size)
        self.answers = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        query, answer = (
            rearrange(layer(x), "row word (head size) -> row head word size", head=self.num_heads)
            for layer in (self.asks, self.answers)
        )
        scores = query @ answer.mT / query.shape[-1] ** 0.5
        later = torch.ones_like(scores, dtype=torch.bool).triu(1)
        heads = scores.masked_fill(later, -torch.inf).softmax(-1) @ answer
        return self.output(rearrange(heads, "row head word size -> row word (head size)"))
