"""Each query's prefix padded with pad_sequence."""
import torch
from torch.nn.utils.rnn import pad_sequence


def causal_attention(query, key, value):
    n, d = query.shape[-2:]
    s = query @ key.transpose(-2, -1) / d**0.5
    rows = [s[..., i, : i + 1].movedim(-1, 0) for i in range(n)]
    padded = pad_sequence(rows, padding_value=float("-inf")).movedim(0, -1)
    return torch.einsum("i...k, ...kd -> ...id", padded.softmax(-1), value)
