"""Reads the stream after each half of each block."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    rows = [x]
    for block in model.blocks:
        rows.append(rows[-1] + block.attention(block.attention_norm(rows[-1])))
        rows.append(rows[-1] + block.feed_forward(block.feed_forward_norm(rows[-1])))
    return torch.stack([model.output(model.final_norm(row)) for row in rows])
