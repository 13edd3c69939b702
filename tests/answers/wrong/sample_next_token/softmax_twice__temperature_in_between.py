"""Takes the softmax, divides by the temperature and takes the softmax again."""
import torch
import torch.nn.functional as F


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    probs = F.softmax(logits, dim=-1)
    if temperature == 0:
        return probs.argmax(dim=-1)
    values, ids = (probs / temperature).sort(dim=-1, descending=True)
    values = F.softmax(values[:, :top_k], dim=-1)
    if top_p is not None:
        values = values * (values.cumsum(-1) - values < top_p)
    return ids.gather(-1, values.multinomial(1)).squeeze(-1)
