"""Draws by a uniform number in the running sum, in numpy."""
import numpy as np
import torch


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    rng = np.random.default_rng()
    text = np.repeat(input_ids.numpy(), num_return_sequences, axis=0)
    while text.shape[1] < max_length:
        x = model(torch.from_numpy(text[:, -model.context_size :]))[:, -1].detach().numpy().astype(np.float64)
        order = np.argsort(-x, axis=1)[:, :top_k]
        if temperature == 0:
            token = order[:, :1]
        else:
            kept = np.take_along_axis(x, order, 1)
            p = np.exp((kept - kept[:, :1]) / temperature)
            p = np.cumsum(p / p.sum(1, keepdims=True), 1)
            place = np.minimum((p < rng.random((len(p), 1))).sum(1, keepdims=True), p.shape[1] - 1)
            token = np.take_along_axis(order, place, 1)
        text = np.concatenate([text, token], axis=1)
    return torch.from_numpy(text)
