"""Has no line about top_p."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    values, ids = (logits / temperature).topk(min(top_k or logits.shape[-1], logits.shape[-1]))
    return ids.gather(-1, values.softmax(-1).multinomial(1)).squeeze(-1)
