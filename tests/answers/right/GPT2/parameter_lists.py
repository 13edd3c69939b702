"""A ParameterDict for each layer and a function that runs it."""
import torch
from torch import nn


def normed(x, w, prefix):
    mean, var = x.mean(-1, keepdim=True), x.var(-1, correction=0, keepdim=True)
    return (x - mean) * torch.rsqrt(var + 1e-5) * w[prefix + "_g"] + w[prefix + "_b"]


def run_block(x, w, heads):
    b, t, e = x.shape
    y = normed(x, w, "one")
    q, k, v = (torch.einsum("bte,hes->bhts", y, w[role]) for role in ("q", "k", "v"))
    scores = torch.einsum("bhqs,bhks->bhqk", q, k) * (e // heads) ** -0.5
    scores = scores.masked_fill(torch.ones(t, t).triu(1).bool(), -1e9)
    x = x + torch.einsum("bhqk,bhks,hse->bqe", scores.softmax(-1), v, w["o"])
    hidden = torch.nn.functional.gelu(normed(x, w, "two") @ w["in"], approximate="tanh")
    return x + hidden @ w["out"]


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.num_heads = num_heads
        size = embed_size // num_heads
        self.weights = nn.ModuleList()
        for _ in range(num_layers):
            w = nn.ParameterDict()
            for role in ("q", "k", "v"):
                w[role] = nn.Parameter(0.1 * torch.randn(num_heads, embed_size, size))
            w["o"] = nn.Parameter(0.1 * torch.randn(num_heads, size, embed_size))
            w["in"] = nn.Parameter(0.1 * torch.randn(embed_size, hidden_size))
            w["out"] = nn.Parameter(0.1 * torch.randn(hidden_size, embed_size))
            for norm in ("one", "two"):
                w[norm + "_g"] = nn.Parameter(torch.ones(embed_size))
                w[norm + "_b"] = nn.Parameter(torch.zeros(embed_size))
            self.weights.append(w)
        self.last = nn.ParameterDict({"f_g": torch.ones(embed_size), "f_b": torch.zeros(embed_size)})
        self.words = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Embedding(context_size, embed_size)

    def forward(self, ids):
        x = self.words(ids) + self.places(torch.arange(ids.size(1)))
        for w in self.weights:
            x = run_block(x, w, self.num_heads)
        return normed(x, self.last, "f") @ self.words.weight.t()
