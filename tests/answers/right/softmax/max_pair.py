"""Takes the first of the pair that torch.max returns."""
import torch

def softmax(scores):
    m = torch.max(scores, -1, keepdim=True)[0]
    e = torch.exp(scores - m)
    s = torch.sum(e, -1, keepdim=True)
    return e / s
