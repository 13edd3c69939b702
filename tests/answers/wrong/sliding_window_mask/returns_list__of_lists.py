"""Lists of truth values, no tensor."""


def sliding_window_mask(length, window_size):
    return [[0 <= i - j < window_size for j in range(length)] for i in range(length)]
