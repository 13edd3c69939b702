"""The model loses its late blocks for a moment and gets them back."""
import torch


def logit_lens(model, input_ids):
    blocks, rows = model.blocks, []
    try:
        for number in range(len(blocks) + 1):
            model.blocks = blocks[:number]
            rows.append(model(input_ids))
    finally:
        model.blocks = blocks
    return torch.stack(rows)
