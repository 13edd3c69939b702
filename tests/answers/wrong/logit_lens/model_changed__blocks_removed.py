"""Takes the blocks away one by one."""
import torch


def logit_lens(model, input_ids):
    rows = [model(input_ids)]
    while len(model.blocks):
        del model.blocks[-1]
        rows.append(model(input_ids))
    return torch.stack(rows[::-1])
