"""A decorator without functools.wraps: the name is lost and the signature is *args."""
import time

import torch


def timed(function):
    def inner(*args, **kwargs):
        start = time.perf_counter()
        result = function(*args, **kwargs)
        inner.seconds = time.perf_counter() - start
        return result

    return inner


@timed
def softmax(scores):
    e = torch.exp(scores - torch.amax(scores, -1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
