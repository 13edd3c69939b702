"""The maximum is found inside no_grad, as it does not matter to the gradient."""
import torch


def softmax(scores):
    with torch.no_grad():
        top = scores.max(dim=-1, keepdim=True).values
    return torch.nn.functional.normalize((scores - top).exp(), p=1.0, dim=-1)
