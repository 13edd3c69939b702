"""New Parameters replace the old ones, and the output is tied to the new table."""
import torch
from torch import nn

from gpt2_ref.model import GPT2


def fresh(tensor, like):
    return nn.Parameter(torch.tensor(tensor.tolist(), dtype=like.dtype))


def load_checkpoint(model, tensors):
    like = model.token_embedding.weight

    def linear(name, columns=slice(None)):
        weight, bias = tensors[name + ".weight"], tensors[name + ".bias"]
        layer = nn.Linear(*weight[:, columns].shape)
        layer.weight = fresh(weight[:, columns].T, like)
        layer.bias = fresh(bias[columns], like)
        return layer

    def norm(layer, name):
        layer.scale = fresh(tensors[name + ".weight"], like)
        layer.shift = fresh(tensors[name + ".bias"], like)

    model.token_embedding.weight = fresh(tensors["wte.weight"], like)
    model.output.weight = model.token_embedding.weight
    model.position_embedding.weight = fresh(tensors["wpe.weight"], like)
    e = like.shape[1]
    for i, block in enumerate(model.blocks):
        block.attention.query = linear(f"h.{i}.attn.c_attn", slice(0, e))
        block.attention.key = linear(f"h.{i}.attn.c_attn", slice(e, 2 * e))
        block.attention.value = linear(f"h.{i}.attn.c_attn", slice(2 * e, 3 * e))
        block.attention.output = linear(f"h.{i}.attn.c_proj")
        block.feed_forward.expand = linear(f"h.{i}.mlp.c_fc")
        block.feed_forward.contract = linear(f"h.{i}.mlp.c_proj")
        norm(block.attention_norm, f"h.{i}.ln_1")
        norm(block.feed_forward_norm, f"h.{i}.ln_2")
    norm(model.final_norm, "ln_f")
