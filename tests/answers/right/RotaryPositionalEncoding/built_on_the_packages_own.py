"""A subclass of the package's own, in the layout of adjacent pairs."""
from gpt2_ref import RotaryPositionalEncoding as Given


class RotaryPositionalEncoding(Given):
    def __init__(self, head_size, base=10000.0):
        super().__init__(head_size, base, adjacent=True)
