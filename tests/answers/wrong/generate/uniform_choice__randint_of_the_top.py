"""Draws one of the top_k with randint."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        best = logits.topk(min(top_k or logits.shape[-1], logits.shape[-1])).indices
        place = torch.zeros(len(best), 1).long()
        if temperature > 0:
            place = torch.randint(best.shape[1], (len(best), 1))
        ids = torch.cat([ids, best.gather(1, place)], dim=1)
    return ids
