"""Draws inline, with its own top-k mask, and topk raises for a top_k beyond the vocabulary."""
import torch
import torch.nn.functional as F


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    model.eval()
    x = input_ids.unsqueeze(1).expand(-1, num_return_sequences, -1).reshape(-1, input_ids.shape[-1])
    for _ in range(x.shape[-1], max_length):
        logits = model(x[..., -model.context_size :])[:, -1, :]
        if temperature == 0:
            token = logits.argmax(dim=-1, keepdim=True)
        else:
            logits = logits / temperature
            if top_k is not None:
                limit = torch.topk(logits, top_k).values[:, -1].unsqueeze(-1)
                logits = logits.masked_fill(logits < limit, float("-inf"))
            token = torch.multinomial(F.softmax(logits, dim=-1), num_samples=1)
        x = torch.cat((x, token), dim=-1)
    return x
