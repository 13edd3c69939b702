"""Makes the whole result first and fills one column after the other."""
import torch

from gpt2_ref import sample_next_token


@torch.no_grad()
def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    batch, prompt_length = input_ids.shape
    result = torch.empty(batch * num_return_sequences, max_length, dtype=torch.long)
    for row in range(len(result)):
        result[row, :prompt_length] = input_ids[row // num_return_sequences]
    for place in range(prompt_length, max_length):
        start = max(0, place - model.context_size)
        result[:, place] = sample_next_token(model(result[:, start:place])[:, -1], temperature, top_k)
    return result
