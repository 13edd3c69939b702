"""Makes one Python number of each draw, which works for one row."""
import torch


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        logits = model(ids[:, -model.context_size :])[:, -1]
        if temperature == 0:
            token = logits.argmax(dim=-1).item()
        else:
            values, which = (logits / temperature).topk(min(top_k or logits.shape[-1], logits.shape[-1]))
            token = which.gather(-1, torch.multinomial(values.softmax(-1), 1)).item()
        ids = torch.cat([ids, torch.tensor([[token]])], dim=1)
    return ids
