"""Switches to evaluation mode and back to what it was."""
import torch

from gpt2_ref import sample_next_token


def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            ids = torch.cat([prompt.repeat(num_return_sequences, 1) for prompt in input_ids.split(1)])
            for _ in range(ids.shape[1], max_length):
                logits = model(ids[:, -model.context_size :])
                ids = torch.column_stack([ids, sample_next_token(logits[:, -1], temperature, top_k)])
    finally:
        model.train(was_training)
    return ids
