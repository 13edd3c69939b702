"""Makes a generator with a fixed seed in every step."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        k = 1 if temperature == 0 else min(top_k or logits.shape[-1], logits.shape[-1])
        values, which = logits.topk(k)
        seeded = torch.Generator().manual_seed(0)
        rank = torch.multinomial((values / (temperature or 1)).softmax(-1), 1, generator=seeded)
        ids = torch.cat([ids, which.gather(-1, rank)], dim=1)
    return ids
