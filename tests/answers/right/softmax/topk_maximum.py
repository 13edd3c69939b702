"""Takes the maximum with topk(1)."""
import torch


def softmax(scores):
    top, _ = scores.topk(1, dim=-1)
    unnormalised = (scores - top).exp()
    normaliser = unnormalised.sum(dim=-1, keepdim=True)
    probabilities = unnormalised / normaliser
    assert probabilities.shape == scores.shape
    return probabilities
