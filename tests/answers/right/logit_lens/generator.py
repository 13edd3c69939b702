"""A generator yields the streams."""
import torch


def streams_of(model, ids):
    x = model.token_embedding(ids) + model.position_embedding.weight[: ids.shape[1]]
    yield x
    for block in model.blocks:
        x = block(x)
        yield x


def logit_lens(model, input_ids):
    return torch.stack([model.output(model.final_norm(x)) for x in streams_of(model, input_ids)])
