"""torch.where gives numbers, eq gives the truth values; a device may be named."""
import torch


def sliding_window_mask(length, window_size, device=None):
    row = torch.arange(length, device=device).reshape(-1, 1)
    col = torch.arange(length, device=device).reshape(1, -1)
    inside = torch.where(col > row, 0, torch.where(row - col >= window_size, 0, 1))
    return inside.eq(1)
