"""Uses unsqueeze where others use keepdim."""
import torch

def softmax(scores):
    maxima, where = scores.max(dim=-1)
    e = torch.exp(scores - maxima.unsqueeze(-1))
    total = e.sum(dim=-1)
    probs = e / total.unsqueeze(-1)
    return probs
