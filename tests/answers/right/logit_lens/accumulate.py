"""itertools.accumulate carries the stream through the blocks."""
from itertools import accumulate

import torch


def logit_lens(model, input_ids):
    start = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    streams = accumulate(model.blocks, lambda stream, block: block(stream), initial=start)
    return torch.stack([model.output(model.final_norm(stream)) for stream in streams])
