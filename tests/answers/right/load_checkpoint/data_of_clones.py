"""param.data is set to a converted clone; the two tied names keep their one Parameter."""
from gpt2_ref.model import GPT2


def put(parameter, tensor):
    assert parameter.shape == tensor.shape, (parameter.shape, tensor.shape)
    parameter.data = tensor.detach().clone().to(parameter.dtype).contiguous()


def load_checkpoint(model, tensors):
    put(model.token_embedding.weight, tensors["wte.weight"])
    put(model.position_embedding.weight, tensors["wpe.weight"])
    width = tensors["wte.weight"].shape[1]
    for i, block in enumerate(model.blocks):
        own = {name[len(f"h.{i}.") :]: tensor for name, tensor in tensors.items() if name.startswith(f"h.{i}.")}
        put(block.attention_norm.scale, own["ln_1.weight"])
        put(block.attention_norm.shift, own["ln_1.bias"])
        fused, bias = own["attn.c_attn.weight"], own["attn.c_attn.bias"]
        for n, layer in enumerate([block.attention.query, block.attention.key, block.attention.value]):
            columns = slice(n * width, (n + 1) * width)
            put(layer.weight, fused[:, columns].T)
            put(layer.bias, bias[columns])
        put(block.attention.output.weight, own["attn.c_proj.weight"].T)
        put(block.attention.output.bias, own["attn.c_proj.bias"])
        put(block.feed_forward_norm.scale, own["ln_2.weight"])
        put(block.feed_forward_norm.shift, own["ln_2.bias"])
        put(block.feed_forward.expand.weight, own["mlp.c_fc.weight"].T)
        put(block.feed_forward.expand.bias, own["mlp.c_fc.bias"])
        put(block.feed_forward.contract.weight, own["mlp.c_proj.weight"].T)
        put(block.feed_forward.contract.bias, own["mlp.c_proj.bias"])
    put(model.final_norm.scale, tensors["ln_f.weight"])
    put(model.final_norm.shift, tensors["ln_f.bias"])
