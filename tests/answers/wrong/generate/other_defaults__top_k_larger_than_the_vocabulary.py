"""Has 50 for its default top_k and hands it to topk, whatever the vocabulary."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=50):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        if temperature == 0:
            ids = torch.cat([ids, logits.argmax(-1, keepdim=True)], dim=1)
            continue
        values, which = (logits / temperature).topk(top_k)
        ids = torch.cat([ids, which.gather(-1, values.softmax(-1).multinomial(1))], dim=1)
    return ids
