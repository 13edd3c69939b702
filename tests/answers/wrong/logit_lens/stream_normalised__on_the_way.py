"""The next block is given what was normed for the output layer."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    x = model.final_norm(x)
    rows = [model.output(x)]
    for block in model.blocks:
        x = model.final_norm(block(x))
        rows.append(model.output(x))
    return torch.stack(rows)
