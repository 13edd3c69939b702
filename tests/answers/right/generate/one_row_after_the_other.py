"""Writes each text on its own, one after the other."""
import torch

from gpt2_ref import sample_next_token


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    texts = []
    with torch.no_grad():
        for prompt in input_ids:
            for _ in range(num_return_sequences):
                text = prompt.tolist()
                while len(text) < max_length:
                    seen = torch.tensor([text[-model.context_size :]])
                    text.append(int(sample_next_token(model(seen)[:, -1], temperature, top_k)[0]))
                texts.append(text)
    return torch.tensor(texts)
