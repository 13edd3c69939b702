"""The name is bound to the tensor, the parameter is as it was."""
from gpt2_ref.model import GPT2


def load_checkpoint(model, tensors):
    for name, parameter in model.named_parameters():
        if name == "token_embedding.weight":
            parameter = tensors["wte.weight"]
        if name == "position_embedding.weight":
            parameter = tensors["wpe.weight"]
