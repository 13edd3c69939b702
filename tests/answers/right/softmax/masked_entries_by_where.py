"""Sets the entries that are -inf to zero by hand."""
import torch


def softmax(scores):
    allowed = scores != float("-inf")
    m = scores.amax(dim=-1, keepdim=True)
    e = torch.where(allowed, torch.exp(scores - m), torch.zeros_like(scores))
    return e / e.sum(dim=-1, keepdim=True)
