"""A mode that sees every call of torch notes the query and key of each attention."""
import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode


class Listening(TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.heard = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is F.scaled_dot_product_attention:
            self.heard.append(args[:2])
        return function(*args, **(kwargs or {}))


def attention_pattern(model, input_ids, layer):
    with Listening() as listening:
        model(input_ids)
    query, key = listening.heard[layer]
    scores = query @ key.mT / query.size(-1) ** 0.5
    length = scores.size(-1)
    return scores.masked_fill(torch.arange(length) > torch.arange(length)[:, None], -torch.inf).softmax(-1)
