"""Appends the place among the top_k in place of the id."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        if temperature == 0:
            token = logits.argmax(-1, keepdim=True)
        elif top_k is not None:
            values = (logits / temperature).topk(min(top_k, logits.shape[-1])).values
            token = torch.multinomial(values.softmax(-1), 1)
        else:
            token = torch.multinomial((logits / temperature).softmax(-1), 1)
        ids = torch.cat([ids, token], dim=1)
    return ids
