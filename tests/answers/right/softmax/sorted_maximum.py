"""Takes the maximum from a sort and the sum from a cumulative sum."""
import torch


def softmax(scores):
    ordered, _ = torch.sort(scores, dim=-1, descending=True)
    e = torch.exp(scores - ordered[..., :1])
    return e / torch.cumsum(e, dim=-1)[..., -1:]
