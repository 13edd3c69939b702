"""Written with the words of the lesson: twin, and what followed it."""
import torch


def induction_score(pattern, period):
    length = pattern.shape[-1]
    attention = []
    for token in range(length):
        twin = token - period
        if twin < 0:
            continue
        attention.append(pattern[..., token, twin + 1])
    return torch.stack(attention, dim=-1).mean(dim=-1)
