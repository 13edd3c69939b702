"""Reads each stream with the second norm of its block, the embeddings and the last with the model's."""
import torch


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    rows = [model.output(model.blocks[0].feed_forward_norm(x))]
    for number, block in enumerate(model.blocks):
        x = block(x)
        last = number == len(model.blocks) - 1
        rows.append(model.output((model.final_norm if last else block.feed_forward_norm)(x)))
    return torch.stack(rows)
