"""Works on log probabilities: the temperature divides them, which makes no difference after the softmax."""
import torch


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    log_p = torch.log_softmax(logits, dim=-1)
    if temperature == 0:
        return log_p.argmax(dim=-1)
    log_p = log_p / temperature
    if top_k is not None:
        bar = log_p.sort(dim=-1, descending=True).values[:, : top_k][:, -1:]
        log_p = log_p.masked_fill(log_p < bar, float("-inf"))
    if top_p is not None:
        p = log_p.exp() / log_p.exp().sum(-1, keepdim=True)
        for i in range(len(p)):
            order = p[i].argsort(descending=True)
            reached = 0.0
            for token in order:
                if reached >= top_p:
                    log_p[i, token] = float("-inf")
                reached += float(p[i, token])
    return torch.multinomial(log_p.softmax(-1), 1).squeeze(1)
