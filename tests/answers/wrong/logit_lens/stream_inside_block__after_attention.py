"""Reads the stream after the attention of each block."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    rows = [x]
    for block in model.blocks:
        x = x + block.attention(block.attention_norm(x))
        rows.append(x)
        x = x + block.feed_forward(block.feed_forward_norm(x))
    return torch.stack([model.output(model.final_norm(row)) for row in rows])
