"""Goes through numpy and comes back without a gradient."""
import numpy as np
import torch


def softmax(scores):
    a = scores.detach().numpy()
    e = np.exp(a - np.max(a, axis=-1, keepdims=True))
    return torch.from_numpy(e / np.sum(e, axis=-1, keepdims=True))
