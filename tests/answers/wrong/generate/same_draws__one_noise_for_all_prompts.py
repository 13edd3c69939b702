"""Seeds the draws of each prompt alike, so that prompts with the same logits go on alike."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    state = torch.get_rng_state()
    texts = []
    for prompt in input_ids:
        torch.set_rng_state(state)
        ids = prompt.repeat(num_return_sequences, 1)
        while ids.shape[1] < max_length:
            token = sample_next_token(model(ids[:, -model.context_size :])[:, -1], temperature, top_k)
            ids = torch.cat([ids, token[:, None]], dim=1)
        texts.append(ids)
    return torch.cat(texts)
