"""Has no branch for temperature 0, so that it draws from NaN."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    logits = logits / temperature
    if top_k is not None:
        limit = torch.topk(logits, min(top_k, logits.size(-1))).values[:, -1:]
        logits = logits.masked_fill(logits < limit, float("-inf"))
    probabilities = torch.softmax(logits, dim=-1)
    if top_p is not None:
        ordered, ids = probabilities.sort(dim=-1, descending=True)
        ordered[ordered.cumsum(-1) - ordered >= top_p] = 0
        probabilities = torch.zeros_like(ordered).scatter(-1, ids, ordered)
    return torch.multinomial(probabilities, 1).squeeze(-1)
