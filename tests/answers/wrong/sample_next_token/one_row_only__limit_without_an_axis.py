"""The limits lose their axis: one row works, several do not fit."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None:
        values, _ = torch.topk(logits, min(top_k, logits.size(-1)))
        logits = logits.masked_fill(logits < values[:, -1], float("-inf"))
    if top_p is not None:
        p, ids = logits.softmax(-1).sort(-1, descending=True)
        return ids.gather(-1, (p * (p.cumsum(-1) - p < top_p)).multinomial(1)).squeeze(-1)
    return torch.multinomial(torch.softmax(logits, dim=-1), 1).squeeze(-1)
