"""The sum of each row as a product with a matrix of ones."""
import torch


def softmax(scores):
    n = scores.shape[-1]
    e = torch.exp(scores - scores.amax(-1, keepdim=True))
    return e / (e @ torch.ones(n, n, dtype=e.dtype, device=e.device))
