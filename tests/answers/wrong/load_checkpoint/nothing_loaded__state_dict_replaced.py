"""The entries of the state dict are replaced, not the parameters."""
from gpt2_ref.model import GPT2


def load_checkpoint(model, tensors):
    state = model.state_dict()
    state["token_embedding.weight"] = tensors["wte.weight"]
    state["position_embedding.weight"] = tensors["wpe.weight"]
    for i in range(len(model.blocks)):
        state[f"blocks.{i}.attention.output.weight"] = tensors[f"h.{i}.attn.c_proj.weight"].T
    print(len(state), "tensors loaded")
