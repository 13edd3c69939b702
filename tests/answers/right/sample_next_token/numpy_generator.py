"""Does all of it in numpy, with a new generator of numpy's for each call."""
import numpy as np
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    rng = np.random.default_rng()
    x = logits.detach().numpy().astype(np.float64)
    if temperature == 0:
        return torch.from_numpy(x.argmax(axis=-1))
    x = x / temperature
    order = np.argsort(-x, axis=-1)
    x = np.take_along_axis(x, order, axis=-1)
    if top_k is not None:
        x, order = x[:, :top_k], order[:, :top_k]
    p = np.exp(x - x[:, :1])
    p /= p.sum(axis=-1, keepdims=True)
    if top_p is not None:
        p[np.cumsum(p, axis=-1) - p >= top_p] = 0
        p /= p.sum(axis=-1, keepdims=True)
    place = (np.cumsum(p, axis=-1) < rng.random((len(p), 1))).sum(axis=-1)
    place = np.minimum(place, p.shape[-1] - 1)
    return torch.from_numpy(order[np.arange(len(p)), place])
