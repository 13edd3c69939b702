"""Draws a rank with randint among the tokens that are left."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    order = logits.argsort(dim=-1, descending=True)
    if temperature == 0:
        return order[:, 0]
    batch, vocab = logits.shape
    left = torch.full((batch,), min(top_k or vocab, vocab))
    if top_p is not None:
        share = (logits / temperature).gather(-1, order)[:, : int(left[0])].softmax(-1)
        left = (share.cumsum(-1) - share < top_p).sum(-1)
    rank = (torch.rand(batch) * left).long()
    return order[torch.arange(batch), rank]
