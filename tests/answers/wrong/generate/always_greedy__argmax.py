"""Takes the most likely token, whatever the temperature."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    for _ in range(max_length - ids.shape[1]):
        logits = model(ids[:, -model.context_size :])
        ids = torch.cat([ids, logits[:, -1].argmax(dim=-1, keepdim=True)], dim=1)
    return ids
