"""One small function for each step."""
import torch

NEVER = float("-inf")


def keep_top_k(logits, k):
    k = min(k, logits.shape[-1])
    kept = logits.topk(k, dim=-1)
    return torch.full_like(logits, NEVER).scatter(-1, kept.indices, kept.values)


def keep_top_p(logits, p):
    ordered, ids = logits.sort(dim=-1, descending=True)
    cumulative = ordered.softmax(-1).cumsum(-1)
    too_late = cumulative.roll(1, dims=-1) >= p
    too_late[:, 0] = False
    return torch.full_like(logits, NEVER).scatter(-1, ids, ordered.masked_fill(too_late, NEVER))


def draw(logits):
    return torch.multinomial(torch.softmax(logits, -1), 1).flatten()


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return torch.topk(logits, 1).indices.flatten()
    logits = logits / temperature
    if top_k is not None:
        logits = keep_top_k(logits, top_k)
    if top_p is not None:
        logits = keep_top_p(logits, top_p)
    return draw(logits)
