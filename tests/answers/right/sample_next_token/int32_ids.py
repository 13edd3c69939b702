"""Returns the ids as 32-bit whole numbers."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1).int()
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    ranks = torch.arange(p.shape[-1])
    if top_k is not None:
        p = p * (ranks < top_k)
        p = p / p.sum(-1, keepdim=True)
    if top_p is not None:
        p = p * (p.cumsum(-1) - p < top_p)
    return ids.gather(1, torch.multinomial(p, 1)).flatten().to(torch.int32)
