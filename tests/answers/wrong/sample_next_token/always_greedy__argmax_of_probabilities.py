"""Does everything right up to the draw, and then takes the maximum."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature > 0:
        logits = logits / temperature
    if top_k is not None:
        limit = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
        logits = logits.masked_fill(logits < limit, float("-inf"))
    probabilities = torch.softmax(logits, dim=-1)
    return torch.argmax(probabilities, dim=-1)
