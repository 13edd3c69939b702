"""Makes a tiny number of temperature 0, without a branch."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    temperature = max(temperature, 1e-7)
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    for _ in range(max_length - ids.shape[1]):
        logits = model(ids[:, -model.context_size :])[:, -1]
        logits = (logits - logits.amax(dim=-1, keepdim=True)) / temperature
        if top_k is not None:
            logits[logits < logits.sort(-1, True).values[:, : top_k][:, -1:]] = float("-inf")
        ids = torch.cat([ids, torch.multinomial(logits.softmax(dim=-1), 1)], dim=1)
    return ids
