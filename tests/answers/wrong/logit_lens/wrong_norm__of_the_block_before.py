"""Each stream passes the norm of the block that wrote it."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    rows = [model.output(model.blocks[0].attention_norm(x))]
    for block in model.blocks:
        x = block(x)
        rows.append(model.output(block.feed_forward_norm(x)))
    return torch.stack(rows)
