"""A hook raises as soon as the layer is reached, so that the blocks after it need not run."""
import torch


class Reached(Exception):
    pass


def attention_pattern(model, input_ids, layer):
    attention = model.blocks[layer].attention

    def stop(module, inputs):
        raise Reached(inputs[0])

    handle = attention.register_forward_pre_hook(stop)
    try:
        model.hidden(input_ids)
    except Reached as reached:
        x = reached.args[0]
    finally:
        handle.remove()
    q, k = attention.query(x), attention.key(x)
    pieces = zip(q.split(attention.head_size, dim=-1), k.split(attention.head_size, dim=-1))
    future = torch.triu(torch.ones(x.shape[1], x.shape[1]), diagonal=1).bool()
    return torch.stack(
        [(a @ b.mT / attention.head_size**0.5).masked_fill(future, -1e9).softmax(-1) for a, b in pieces], dim=1
    )
