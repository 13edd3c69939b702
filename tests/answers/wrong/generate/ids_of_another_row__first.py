"""Looks every row's rank up in the order of the first row."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        values, which = logits.sort(dim=-1, descending=True)
        if temperature == 0:
            token = which[:, :1]
        else:
            rank = torch.multinomial((values[:, :top_k] / temperature).softmax(-1), 1)
            token = which[0][rank]
        ids = torch.cat([ids, token], dim=1)
    return ids
