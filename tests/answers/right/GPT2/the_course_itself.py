"""The course's own GPT2 under its own name."""
from gpt2_ref.model import GPT2 as Finished


class GPT2(Finished):
    pass
