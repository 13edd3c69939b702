"""A list of wrappers runs the blocks and notes their results."""
import torch


class Noting:
    def __init__(self, block, notes):
        self.block, self.notes = block, notes

    def __call__(self, x):
        self.notes.append(x)
        return self.block(x)


def logit_lens(model, input_ids):
    notes = []
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in [Noting(block, notes) for block in model.blocks]:
        x = block(x)
    notes.append(x)
    return torch.stack([model.output(model.final_norm(note)) for note in notes], dim=0)
