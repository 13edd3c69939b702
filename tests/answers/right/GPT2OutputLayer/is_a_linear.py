"""The layer is a linear layer itself."""
import torch.nn as nn


class GPT2OutputLayer(nn.Linear):
    def __init__(self, embed_size, vocab_size):
        super().__init__(embed_size, vocab_size, bias=False)
