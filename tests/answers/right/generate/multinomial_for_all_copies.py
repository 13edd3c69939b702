"""Keeps the batch as it is in a third axis and draws for every copy."""
import torch


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    batch, prompt = input_ids.shape
    ids = input_ids[:, None, :].repeat(1, num_return_sequences, 1)
    with torch.no_grad():
        for _ in range(max_length - prompt):
            flat = ids.flatten(0, 1)
            logits = model(flat[:, -model.context_size :])[:, -1].unflatten(0, (batch, num_return_sequences))
            k = logits.shape[-1] if top_k is None else min(top_k, logits.shape[-1])
            values, which = logits.topk(1 if temperature == 0 else k, dim=-1)
            p = torch.softmax(values / (temperature or 1.0), dim=-1)
            rank = torch.multinomial(p.flatten(0, 1), 1).unflatten(0, (batch, num_return_sequences))
            ids = torch.cat([ids, which.gather(-1, rank)], dim=-1)
    return ids.reshape(batch * num_return_sequences, max_length)
