"""Works in place on its own intermediate tensors."""
import torch


def softmax(scores):
    work = torch.sub(scores, scores.amax(dim=-1, keepdim=True)).exp_()
    total = torch.zeros_like(work[..., :1])
    total += work.sum(-1, keepdim=True)
    return work * total.reciprocal()
