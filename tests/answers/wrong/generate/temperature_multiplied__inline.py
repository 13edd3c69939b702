"""Multiplies the logits by the temperature."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    for _ in range(max_length - ids.shape[1]):
        logits = model(ids[:, -model.context_size :])[:, -1]
        if temperature == 0:
            token = logits.argmax(-1, keepdim=True)
        else:
            values, which = (logits * temperature).topk(min(top_k or logits.shape[-1], logits.shape[-1]))
            token = which.gather(-1, values.softmax(-1).multinomial(1))
        ids = torch.cat([ids, token], dim=1)
    return ids
