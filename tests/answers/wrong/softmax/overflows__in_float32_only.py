"""Shifts by the mean of the largest and the smallest: float64 takes more than float32."""
import torch


def softmax(scores):
    middle = (scores.amax(-1, keepdim=True) + scores.amin(-1, keepdim=True).clamp(min=-1e3)) / 2
    e = torch.exp(scores - middle.nan_to_num(neginf=0.0))
    return e / e.sum(-1, keepdim=True)
