"""Returns the probabilities, without a draw."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    logits = logits / max(temperature, 1e-8)
    if top_k is not None:
        limit = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
        logits = logits.masked_fill(logits < limit, float("-inf"))
    return torch.softmax(logits, dim=-1)
