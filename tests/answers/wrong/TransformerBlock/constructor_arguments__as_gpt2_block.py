"""Has the constructor of GPT2Block."""
from gpt2_ref.model import GPT2Block


class TransformerBlock(GPT2Block):
    def __init__(self, embed_size, num_heads, hidden_size, attention):
        super().__init__(embed_size, num_heads, hidden_size)
        self.attention = attention
