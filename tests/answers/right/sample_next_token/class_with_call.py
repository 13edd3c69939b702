"""A small sampler object that is built for each call."""
import torch


class Sampler:
    def __init__(self, temperature, top_k, top_p):
        self.temperature, self.top_k, self.top_p = temperature, top_k, top_p

    def __call__(self, logits):
        if self.temperature == 0:
            return logits.argmax(dim=-1)
        logits = self.limit(logits * (1.0 / self.temperature))
        return torch.distributions.Categorical(probs=logits.softmax(-1)).sample()

    def limit(self, logits):
        ids = logits.argsort(-1, descending=True)
        stay = torch.ones_like(ids, dtype=torch.bool)
        if self.top_k is not None:
            stay[:, self.top_k :] = False
        if self.top_p is not None:
            ranked = logits.gather(-1, ids).masked_fill(~stay, -torch.inf).softmax(-1)
            stay[:, 1:] &= ranked.cumsum(-1)[:, :-1] < self.top_p
        return logits.masked_fill(~stay.gather(-1, ids.argsort(-1)), -torch.inf)


def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    return Sampler(temperature, top_k, top_p)(logits)
