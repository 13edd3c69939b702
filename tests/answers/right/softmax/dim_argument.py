"""Takes the axis and a temperature as optional arguments."""
import torch


def softmax(scores, dim=-1, temperature=1.0):
    scaled = scores / temperature
    scaled = scaled - scaled.amax(dim, keepdim=True)
    out = torch.exp(scaled)
    return out / out.sum(dim, keepdim=True)
