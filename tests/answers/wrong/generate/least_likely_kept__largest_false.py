"""Asks topk for the smallest logits."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        if temperature == 0:
            token = logits.argmax(dim=-1, keepdim=True)
        else:
            k = min(top_k or logits.shape[-1], logits.shape[-1])
            values, which = torch.topk(logits / temperature, k, largest=False)
            token = which.gather(-1, torch.multinomial(values.softmax(-1), 1))
        ids = torch.cat([ids, token], dim=1)
    return ids
