"""Online softmax: a running maximum and a running sum, one column after the other."""
import torch


def softmax(scores):
    top = scores[..., 0]
    total = torch.ones_like(top)
    for i in range(1, scores.shape[-1]):
        bigger = torch.maximum(top, scores[..., i])
        total = total * torch.exp(top - bigger) + torch.exp(scores[..., i] - bigger)
        top = bigger
    return torch.exp(scores - top[..., None]) / total[..., None]
