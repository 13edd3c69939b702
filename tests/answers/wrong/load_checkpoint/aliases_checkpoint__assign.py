"""load_state_dict(assign=True) takes the tensors over."""
from gpt2_ref.model import GPT2


NAMES = {
    "ln_1.weight": "attention_norm.scale",
    "ln_1.bias": "attention_norm.shift",
    "attn.c_proj.weight": "attention.output.weight",
    "attn.c_proj.bias": "attention.output.bias",
    "ln_2.weight": "feed_forward_norm.scale",
    "ln_2.bias": "feed_forward_norm.shift",
    "mlp.c_fc.weight": "feed_forward.expand.weight",
    "mlp.c_fc.bias": "feed_forward.expand.bias",
    "mlp.c_proj.weight": "feed_forward.contract.weight",
    "mlp.c_proj.bias": "feed_forward.contract.bias",
}


def load_checkpoint(model, tensors):
    state = {
        "token_embedding.weight": tensors["wte.weight"],
        "output.weight": tensors["wte.weight"],
        "position_embedding.weight": tensors["wpe.weight"],
        "final_norm.scale": tensors["ln_f.weight"],
        "final_norm.shift": tensors["ln_f.bias"],
    }
    for i in range(len(model.blocks)):
        for theirs, ours in NAMES.items():
            tensor = tensors[f"h.{i}.{theirs}"]
            state[f"blocks.{i}.{ours}"] = tensor.T if tensor.dim() == 2 else tensor
        fused = tensors[f"h.{i}.attn.c_attn.weight"].T
        bias = tensors[f"h.{i}.attn.c_attn.bias"]
        for number, role in enumerate(("query", "key", "value")):
            rows = slice(number * fused.shape[1], (number + 1) * fused.shape[1])
            state[f"blocks.{i}.attention.{role}.weight"] = fused[rows]
            state[f"blocks.{i}.attention.{role}.bias"] = bias[rows]
    model.load_state_dict(state, assign=True)
    model.output.weight = model.token_embedding.weight
