"""Each stream passes the norm of the block that would read it."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    rows = []
    for block in model.blocks:
        rows.append(model.output(block.attention_norm(x)))
        x = block(x)
    rows.append(model.output(model.final_norm(x)))
    return torch.stack(rows)
