"""It asks for the scores as well."""
import torch


def sliding_window_mask(scores, length, window_size):
    distance = torch.arange(length)[:, None] - torch.arange(length)
    return scores.masked_fill((distance < 0) | (distance >= window_size), float("-inf"))
