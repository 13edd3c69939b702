"""Both lists in the same order: the model's parameters and the checkpoint's tensors, cut and turned."""
import torch

from gpt2_ref.model import GPT2


def pieces(tensors, layers):
    yield tensors["wte.weight"]
    yield tensors["wpe.weight"]
    for i in range(layers):
        get = lambda name: tensors[f"h.{i}.{name}"]
        yield from (get("ln_1.weight"), get("ln_1.bias"))
        for weight, bias in zip(get("attn.c_attn.weight").chunk(3, 1), get("attn.c_attn.bias").chunk(3)):
            yield from (weight.T, bias)
        yield from (get("attn.c_proj.weight").T, get("attn.c_proj.bias"))
        yield from (get("ln_2.weight"), get("ln_2.bias"))
        yield from (get("mlp.c_fc.weight").T, get("mlp.c_fc.bias"))
        yield from (get("mlp.c_proj.weight").T, get("mlp.c_proj.bias"))
    yield from (tensors["ln_f.weight"], tensors["ln_f.bias"])


def load_checkpoint(model, tensors):
    with torch.no_grad():
        for parameter, tensor in zip(model.parameters(), pieces(tensors, len(model.blocks)), strict=True):
            parameter[...] = tensor
