"""Cuts off by masks and draws with multinomial, step after step as in the exercise."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return torch.argmax(logits, dim=-1)
    logits = logits / temperature
    if top_k is not None:
        k = min(top_k, logits.size(-1))
        limit = torch.topk(logits, k, dim=-1).values[:, -1].unsqueeze(-1)
        logits = torch.where(logits < limit, torch.full_like(logits, float("-inf")), logits)
    if top_p is not None:
        probabilities = torch.softmax(logits, dim=-1)
        in_order, order = torch.sort(probabilities, dim=-1, descending=True)
        sum_before = torch.cumsum(in_order, dim=-1) - in_order
        drop_in_order = sum_before >= top_p
        drop = torch.zeros_like(drop_in_order).scatter(-1, order, drop_in_order)
        logits = logits.masked_fill(drop, float("-inf"))
    return torch.multinomial(torch.softmax(logits, dim=-1), num_samples=1).squeeze(1)
