"""Is right itself; the sample_next_token that it uses divides the probabilities."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return logits.argmax(dim=-1)
    p, ids = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
    p, ids = p[:, :top_k], ids[:, :top_k]
    p = p / p.sum(dim=-1, keepdim=True)
    if top_p is not None:
        p = p * (p.cumsum(dim=-1) - p < top_p)
    return ids.gather(-1, torch.multinomial(p / temperature, 1)).squeeze(-1)


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        ids = torch.cat([ids, sample_next_token(logits, temperature, top_k)[:, None]], dim=1)
    return ids
