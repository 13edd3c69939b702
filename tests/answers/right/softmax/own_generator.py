"""Shuffles the columns with a generator of its own, and puts them back."""
import torch

generator = torch.Generator().manual_seed(3)


def softmax(scores):
    order = torch.randperm(scores.shape[-1], generator=generator)
    z = scores[..., order]
    e = torch.exp(z - z.amax(-1, keepdim=True))
    return (e / e.sum(-1, keepdim=True))[..., order.argsort()]
