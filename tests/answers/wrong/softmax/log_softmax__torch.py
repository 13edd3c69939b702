"""Returns logarithms of probabilities."""
import torch.nn.functional as F


def softmax(scores):
    return F.log_softmax(scores, dim=-1)
