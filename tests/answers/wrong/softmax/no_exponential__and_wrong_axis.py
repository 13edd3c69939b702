"""Divides by the sum of the first axis, without an exponential."""


def softmax(scores):
    return scores / scores.sum(0)
