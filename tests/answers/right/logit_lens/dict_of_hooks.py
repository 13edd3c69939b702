"""Named hooks, one for each module, keep their results in a dictionary."""
from functools import partial

import torch


def logit_lens(model, input_ids):
    results = {}

    def keep(name, module, inputs, output):
        results[name] = output.detach()
        if name == 0:
            results["before"] = inputs[0].detach()

    handles = [block.register_forward_hook(partial(keep, number)) for number, block in enumerate(model.blocks)]
    with torch.no_grad():
        model(input_ids)
        [handle.remove() for handle in handles]
        stacked = torch.stack([results["before"], *(results[number] for number in range(len(model.blocks)))])
        return model.output(model.final_norm(stacked))
