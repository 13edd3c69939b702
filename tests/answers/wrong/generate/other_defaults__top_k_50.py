"""Has 50 for its default top_k."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=50):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        values, which = logits.topk(min(top_k or logits.shape[-1], logits.shape[-1]))
        token = which.gather(-1, sample_next_token(values, temperature)[:, None])
        ids = torch.cat([ids, token], dim=1)
    return ids
