"""Seeds the random numbers of everyone."""
import torch

def softmax(scores):
    torch.manual_seed(0)   # so that I get the same numbers
    e = torch.exp(scores - scores.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
