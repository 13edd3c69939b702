"""The derivative by the values comes from backward(), which leaves gradients on the model: right, with a remark."""
import torch


def attention_pattern(model, input_ids, layer):
    attention = model.blocks[layer].attention
    kept = {}

    def keep_values(module, inputs, output):
        output.retain_grad()
        kept["values"] = output

    handles = [
        attention.value.register_forward_hook(keep_values),
        attention.output.register_forward_pre_hook(lambda module, inputs: kept.update(mixed=inputs[0])),
    ]
    try:
        model(input_ids)
    finally:
        for handle in handles:
            handle.remove()
    rows = []
    for i in range(input_ids.shape[1]):
        kept["values"].grad = None
        kept["mixed"][:, i, :: attention.head_size].sum().backward(retain_graph=True)
        rows.append(kept["values"].grad[:, :, :: attention.head_size].transpose(1, 2))
    return torch.stack(rows, dim=2)
