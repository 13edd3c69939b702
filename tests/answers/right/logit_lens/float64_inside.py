"""Reads in float64 and gives float32 back."""
import torch


@torch.no_grad()
def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    streams = [x]
    for block in model.blocks:
        streams.append(block(streams[-1]))
    normed = model.final_norm(torch.stack(streams)).to(torch.float64)
    return (normed @ model.output.weight.to(torch.float64).mT).to(torch.float32)
