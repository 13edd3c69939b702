"""Keeps only what is above the top_k-th logit."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        if temperature == 0:
            token = logits.argmax(dim=-1, keepdim=True)
        else:
            logits = logits / temperature
            if top_k is not None and top_k < logits.shape[-1]:
                limit = torch.topk(logits, top_k).values[:, -1:]
                logits = torch.where(logits > limit, logits, float("-inf"))
            token = torch.multinomial(torch.softmax(logits, dim=-1), 1)
        ids = torch.cat([ids, token], dim=1)
    return ids
