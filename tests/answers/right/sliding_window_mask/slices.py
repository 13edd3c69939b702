"""One slice of each row is set."""
import torch


def sliding_window_mask(length: int, window_size: int) -> torch.Tensor:
    seen = torch.zeros(length, length, dtype=torch.bool)
    for query in range(length):
        first = max(0, query - window_size + 1)
        seen[query, first : query + 1] = True
    return seen
