"""The list holds one tensor many times, and each block adds to it in place."""
import torch


@torch.no_grad()
def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    streams = [x]
    for block in model.blocks:
        x += block.attention(block.attention_norm(x))
        x += block.feed_forward(block.feed_forward_norm(x))
        streams.append(x)
    return torch.stack([model.output(model.final_norm(s)) for s in streams])
