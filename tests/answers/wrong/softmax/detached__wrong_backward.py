"""An autograd.Function whose backward forgets the coupling between the entries of a row."""
import torch


class _Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, scores):
        p = scores.softmax(-1)
        ctx.save_for_backward(p)
        return p

    @staticmethod
    def backward(ctx, grad):
        (p,) = ctx.saved_tensors
        return grad * p * (1 - p)


def softmax(scores):
    return _Softmax.apply(scores)
