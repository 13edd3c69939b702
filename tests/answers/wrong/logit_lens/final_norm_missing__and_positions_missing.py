"""Neither positions nor the last norm."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids)
    logits = [model.output(x)]
    for block in model.blocks:
        x = block(x)
        logits.append(model.output(x))
    return torch.stack(logits)
