"""A weight is the derivative of what a head gathers by the value of a token."""
import torch


def attention_pattern(model, input_ids, layer):
    attention = model.blocks[layer].attention
    values, mixed = [], []
    hooks = [
        attention.value.register_forward_hook(lambda module, inputs, output: values.append(output)),
        attention.output.register_forward_pre_hook(lambda module, inputs: mixed.append(inputs[0])),
    ]
    with torch.enable_grad():
        try:
            model(input_ids)
        finally:
            for hook in hooks:
                hook.remove()
        batch, length, width = mixed[0].shape
        size = attention.head_size
        rows = []
        for query in range(length):
            # All texts and heads at once: none of them sees the values of another.
            total = mixed[0][:, query, ::size].sum()
            (by_value,) = torch.autograd.grad(total, values[0], retain_graph=True)
            rows.append(by_value[:, :, ::size].transpose(1, 2))
    return torch.stack(rows, dim=2).detach()
