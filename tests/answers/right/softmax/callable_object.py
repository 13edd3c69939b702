"""An object with __call__ that carries the function's name."""
import torch


class Softmax:
    def __init__(self, axis):
        self.axis = axis
        self.__name__ = "softmax"

    def __call__(self, scores):
        e = torch.exp(scores - scores.amax(self.axis, keepdim=True))
        return e / e.sum(self.axis, keepdim=True)


softmax = Softmax(-1)
