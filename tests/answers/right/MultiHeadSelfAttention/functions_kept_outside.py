"""The tiny functional GPT-2 style: linear, softmax and attention as functions over raw (in, out) parameters."""
import torch
from torch import nn


def linear(x, weight, bias):
    return torch.matmul(x, weight) + bias


def softmax(scores):
    powers = (scores - scores.amax(-1, keepdim=True)).exp()
    return powers / powers.sum(-1, keepdim=True)


def attention(query, key, value, penalty):
    return softmax(query @ key.mT * query.size(-1) ** -0.5 + penalty) @ value


def all_heads(x, inwards, outwards, count):
    batch, length, embed = x.shape
    penalty = torch.ones(length, length, dtype=x.dtype).triu(1) * -1e10
    pieces = linear(x, *inwards).split(embed // count, dim=2)   # count queries, count keys, count values
    heads = [attention(*pieces[i::count], penalty) for i in range(count)]
    return linear(torch.cat(heads, dim=2), *outwards)


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.inwards = nn.ParameterList([0.02 * torch.randn(embed_size, 3 * embed_size), torch.zeros(3 * embed_size)])
        self.outwards = nn.ParameterList([0.02 * torch.randn(embed_size, embed_size), torch.zeros(embed_size)])

    def forward(self, x):
        return all_heads(x, self.inwards, self.outwards, self.num_heads)
