"""exp by a Taylor series of twelve terms."""
import math


def softmax(scores):
    z = scores - scores.amax(-1, keepdim=True)
    e = sum(z**n / math.factorial(n) for n in range(12))
    return e / e.sum(-1, keepdim=True)
