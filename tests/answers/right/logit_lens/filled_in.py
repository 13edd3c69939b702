"""Rows of a tensor made beforehand are filled in."""
import torch


def logit_lens(model, input_ids):
    batch, length = input_ids.shape
    with torch.no_grad():
        x = model.token_embedding(input_ids) + model.position_embedding.weight[None, :length]
        lens = torch.zeros((len(model.blocks) + 1, batch, length, model.vocab_size), dtype=x.dtype)
        lens[0] = model.output(model.final_norm(x))
        for i in range(len(model.blocks)):
            x = model.blocks[i](x)
            lens[i + 1] = model.output(model.final_norm(x))
    return lens
