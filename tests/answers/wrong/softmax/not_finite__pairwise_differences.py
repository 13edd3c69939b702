"""Takes differences of all pairs, where -inf minus -inf is NaN."""
import torch


def softmax(scores):
    # p_i = 1 / sum_j exp(x_j - x_i)
    differences = scores.unsqueeze(-2) - scores.unsqueeze(-1)
    return 1 / torch.exp(differences).sum(-1)
