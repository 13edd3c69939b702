"""A GPT2Block whose attention is exchanged."""
from gpt2_ref.model import GPT2Block


class TransformerBlock(GPT2Block):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__(embed_size, 1, hidden_size)
        self.attention = attention
