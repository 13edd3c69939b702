"""Returns the ids as a list."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1).tolist()
    p, ids = torch.softmax(logits / temperature, dim=-1).sort(dim=-1, descending=True)
    return ids[:, :top_k].gather(-1, torch.multinomial(p[:, :top_k], 1)).squeeze(-1).tolist()
