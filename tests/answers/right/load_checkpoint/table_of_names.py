"""A table of patterns, one regular expression, and one function that puts a tensor in its place."""
import re

import torch

from gpt2_ref.model import GPT2

PLACES = {
    r"wte\.weight": "token_embedding.weight",
    r"wpe\.weight": "position_embedding.weight",
    r"h\.(\d+)\.ln_1\.weight": r"blocks.\1.attention_norm.scale",
    r"h\.(\d+)\.ln_1\.bias": r"blocks.\1.attention_norm.shift",
    r"h\.(\d+)\.ln_2\.weight": r"blocks.\1.feed_forward_norm.scale",
    r"h\.(\d+)\.ln_2\.bias": r"blocks.\1.feed_forward_norm.shift",
    r"h\.(\d+)\.attn\.c_proj\.(\w+)": r"blocks.\1.attention.output.\2",
    r"h\.(\d+)\.mlp\.c_fc\.(\w+)": r"blocks.\1.feed_forward.expand.\2",
    r"h\.(\d+)\.mlp\.c_proj\.(\w+)": r"blocks.\1.feed_forward.contract.\2",
    r"ln_f\.weight": "final_norm.scale",
    r"ln_f\.bias": "final_norm.shift",
}


def place(name):
    for pattern, ours in PLACES.items():
        if re.fullmatch(pattern, name):
            return re.sub(pattern, ours, name)
    return None


@torch.no_grad()
def load_checkpoint(model, tensors):
    for name, tensor in tensors.items():
        kind = name.rsplit(".", 1)[-1]
        turned = tensor.T if kind == "weight" and ("c_" in name) else tensor
        target = place(name)
        if target is not None:
            model.get_parameter(target).copy_(turned)
        else:
            layer = name.split(".")[1]
            for role, part in zip(("query", "key", "value"), turned.chunk(3, dim=0)):
                model.get_parameter(f"blocks.{layer}.attention.{role}.{kind}").copy_(part)
