"""Hooks catch what goes into the first block and what comes out of each."""
import torch


@torch.no_grad()
def logit_lens(model, input_ids):
    streams = []
    handles = [model.blocks[0].register_forward_pre_hook(lambda module, inputs: streams.append(inputs[0]))]
    for block in model.blocks:
        handles.append(block.register_forward_hook(lambda module, inputs, output: streams.append(output)))
    try:
        model(input_ids)
    finally:
        for handle in handles:
            handle.remove()
    return torch.stack([model.output(model.final_norm(stream)) for stream in streams])
