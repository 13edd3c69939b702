"""Cuts off whatever brings the sum above top_p, even where nothing is left."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        logits[logits < logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]] = float("-inf")
    if top_p is not None:
        ordered, ids = torch.sort(logits, dim=-1, descending=True)
        too_much = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) > top_p
        logits = logits.masked_fill(too_much.scatter(-1, ids, too_much), float("-inf"))
    return torch.multinomial(torch.softmax(logits, dim=-1), 1).squeeze(-1)
