"""Takes the sampler from the package and hands the options on by name."""
import torch

from gpt2_ref import sample_next_token


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    rows = input_ids.repeat_interleave(num_return_sequences, 0)
    with torch.inference_mode():
        for _ in range(max_length - rows.size(1)):
            window = rows if rows.size(1) <= model.context_size else rows[:, -model.context_size :]
            following = sample_next_token(model(window)[:, -1, :], temperature=temperature, top_k=top_k)
            rows = torch.hstack((rows, following.unsqueeze(1)))
    return rows
