"""Adds Gumbel noise to the scaled logits and takes the largest."""
import torch


@torch.inference_mode()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0).clone()
    for _ in range(max_length - ids.size(-1)):
        scores = model(ids[:, -model.context_size :]).select(1, -1)
        if top_k is not None and top_k < scores.size(-1):
            scores = scores.masked_fill(scores < scores.topk(top_k, -1).values.amin(-1, keepdim=True), -torch.inf)
        noise = -torch.empty_like(scores).exponential_().log()
        ids = torch.cat([ids, (scores + temperature * noise).argmax(-1, keepdim=True)], -1)
    return ids
