"""A renamed dictionary for load_state_dict; returns the model."""
from gpt2_ref.model import GPT2


def load_checkpoint(model, tensors):
    state = {
        "token_embedding.weight": tensors["wte.weight"],
        "output.weight": tensors["wte.weight"],
        "position_embedding.weight": tensors["wpe.weight"],
        "final_norm.scale": tensors["ln_f.weight"],
        "final_norm.shift": tensors["ln_f.bias"],
    }
    for i in range(len(model.blocks)):
        theirs, ours = f"h.{i}.", f"blocks.{i}."
        for number, role in enumerate(["query", "key", "value"]):
            weight = tensors[theirs + "attn.c_attn.weight"].chunk(3, dim=-1)[number]
            state[ours + f"attention.{role}.weight"] = weight.t()
            state[ours + f"attention.{role}.bias"] = tensors[theirs + "attn.c_attn.bias"].chunk(3, dim=-1)[number]
        for their, our in {
            "attn.c_proj": "attention.output",
            "mlp.c_fc": "feed_forward.expand",
            "mlp.c_proj": "feed_forward.contract",
        }.items():
            state[ours + our + ".weight"] = tensors[theirs + their + ".weight"].t()
            state[ours + our + ".bias"] = tensors[theirs + their + ".bias"]
        for their, our in {"ln_1": "attention_norm", "ln_2": "feed_forward_norm"}.items():
            state[ours + our + ".scale"] = tensors[theirs + their + ".weight"]
            state[ours + our + ".shift"] = tensors[theirs + their + ".bias"]
    model.load_state_dict(state)
    return model
