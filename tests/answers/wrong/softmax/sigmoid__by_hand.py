"""Writes 1 / (1 + exp(-x)) for each number alone."""
import torch


def softmax(scores):
    probabilities = 1 / (1 + torch.exp(-scores))
    return probabilities
