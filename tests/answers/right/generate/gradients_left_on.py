"""Never switches gradients off."""
import torch


def pick(logits, temperature, top_k):
    if temperature == 0:
        return logits.argmax(-1)
    values, ids = logits.topk(min(top_k or logits.shape[-1], logits.shape[-1]), dim=-1)
    return ids.gather(-1, torch.softmax(values / temperature, -1).multinomial(1)).squeeze(-1)


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = torch.repeat_interleave(input_ids, num_return_sequences, dim=0)
    for _ in range(max_length - input_ids.shape[1]):
        ids = torch.cat([ids, pick(model(ids[:, -model.context_size :])[:, -1], temperature, top_k)[:, None]], 1)
    return ids
