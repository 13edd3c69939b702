"""A rule about distances is handed to a general function."""
from functools import partial

import torch


def visible(length, rule):
    place = torch.arange(length)
    return rule(place[:, None] - place)


def near(distance, window_size):
    return distance.clamp(0, window_size - 1) == distance


def sliding_window_mask(length, window_size):
    return visible(length, partial(near, window_size=window_size))
