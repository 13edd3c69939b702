"""The stream after n blocks is a block on the stream after n - 1."""
import torch


def after(model, ids, number):
    if number == 0:
        return model.token_embedding(ids) + model.position_embedding.weight[: ids.size(1)]
    return model.blocks[number - 1](after(model, ids, number - 1))


def logit_lens(model, input_ids):
    table = model.token_embedding.weight
    return torch.stack([model.final_norm(after(model, input_ids, n)) @ table.T for n in range(len(model.blocks) + 1)])
