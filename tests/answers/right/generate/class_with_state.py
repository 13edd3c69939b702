"""An object holds the texts and writes one token at a time."""
import torch

from gpt2_ref import sample_next_token


class Writer:
    def __init__(self, model, prompts):
        self.model, self.ids = model, prompts

    @property
    def seen(self):
        return self.ids[:, max(0, self.ids.shape[1] - self.model.context_size) :]

    @torch.no_grad()
    def step(self, temperature, top_k):
        token = sample_next_token(self.model(self.seen)[:, -1], temperature, top_k)
        self.ids = torch.cat([self.ids, token[:, None]], dim=1)


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    writer = Writer(model, input_ids.repeat_interleave(num_return_sequences, dim=0))
    while writer.ids.shape[1] < max_length:
        writer.step(temperature, top_k)
    return writer.ids
