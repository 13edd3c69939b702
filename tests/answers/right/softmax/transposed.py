"""Moves the last axis to the front, works there and moves it back."""
import torch


def softmax(scores):
    t = scores.movedim(-1, 0)
    e = torch.exp(t - t.amax(0))
    e = e / e.sum(0)
    return e.movedim(0, -1)
