"""The columns are taken to be query, key and value of one head after the other."""
import torch

from gpt2_ref.model import GPT2


def load_checkpoint(model, tensors):
    def linear(layer, name):
        layer.weight.copy_(tensors[name + ".weight"].T)
        layer.bias.copy_(tensors[name + ".bias"])

    def norm(layer, name):
        layer.scale.copy_(tensors[name + ".weight"])
        layer.shift.copy_(tensors[name + ".bias"])

    with torch.no_grad():
        model.token_embedding.weight.copy_(tensors["wte.weight"])
        model.position_embedding.weight.copy_(tensors["wpe.weight"])
        for i, block in enumerate(model.blocks):
            norm(block.attention_norm, f"h.{i}.ln_1")
            attention = block.attention
            size = attention.head_size
            weights = tensors[f"h.{i}.attn.c_attn.weight"].unflatten(1, (-1, 3, size)).unbind(2)
            weights = [weight.flatten(1) for weight in weights]
            biases = [b.flatten() for b in tensors[f"h.{i}.attn.c_attn.bias"].view(-1, 3, size).unbind(1)]
            for layer, weight, bias in zip((attention.query, attention.key, attention.value), weights, biases):
                layer.weight.copy_(weight.T)
                layer.bias.copy_(bias)
            linear(attention.output, f"h.{i}.attn.c_proj")
            norm(block.feed_forward_norm, f"h.{i}.ln_2")
            linear(block.feed_forward.expand, f"h.{i}.mlp.c_fc")
            linear(block.feed_forward.contract, f"h.{i}.mlp.c_proj")
        norm(model.final_norm, "ln_f")
