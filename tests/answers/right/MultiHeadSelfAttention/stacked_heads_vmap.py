"""Heads as stacked parameters, run by functional_call and vmap."""
import torch
from torch import nn
from torch.func import functional_call


class Head(nn.Module):
    def __init__(self, embed, size):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(embed, size, bias=False) for _ in range(3))

    def forward(self, x):
        q, k, v = self.q(x), self.k(x), self.v(x)
        n = x.shape[-2]
        s = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(n, n).triu(1).bool(), -torch.inf)
        return s.softmax(-1) @ v


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        heads = [Head(embed_size, embed_size // num_heads) for _ in range(num_heads)]
        names = ("q", "k", "v")
        self.stacked = nn.ParameterDict({n: torch.stack([getattr(h, n).weight.data for h in heads]) for n in names})
        self._skeleton = [heads[0]]
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        def run(weights):
            return functional_call(self._skeleton[0], weights, (x,))

        weights = {f"{name}.weight": weight for name, weight in self.stacked.items()}
        return self.o(torch.vmap(run)(weights).permute(1, 2, 0, 3).flatten(2))
