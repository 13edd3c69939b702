"""Takes the softmax of all, then of the top_k probabilities."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    probs = torch.softmax(logits / temperature, dim=-1)
    values, ids = probs.topk(min(top_k or probs.shape[-1], probs.shape[-1]), dim=-1)
    values = torch.softmax(values, dim=-1)
    if top_p is not None:
        values = values * (values.cumsum(-1) - values < top_p)
    return ids.gather(-1, torch.multinomial(values, 1)).squeeze(-1)
