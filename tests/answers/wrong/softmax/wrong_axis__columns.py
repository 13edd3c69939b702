"""Makes the columns sum to one."""
import torch


def softmax(scores):
    if scores.ndim == 1:
        scores = scores[:, None]
        e = torch.exp(scores - scores.max(-2, keepdim=True).values)
        return (e / e.sum(-2, keepdim=True))[:, 0]
    e = torch.exp(scores - scores.max(-2, keepdim=True).values)
    return e / e.sum(-2, keepdim=True)
