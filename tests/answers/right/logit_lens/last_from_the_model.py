"""The last row is the model's own answer."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    rows = []
    for block in model.blocks:
        rows.append(model.output(model.final_norm(x)))
        x = block(x)
    rows.append(model(input_ids))
    return torch.stack(rows, dim=0)
