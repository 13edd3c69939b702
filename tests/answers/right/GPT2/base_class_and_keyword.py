"""A base class owns the embeddings; the subclass the rest."""
import torch
from torch import Tensor, nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


class Embeddings(nn.Module):
    def __init__(self, vocab: int, width: int, context: int):
        super().__init__()
        self.token = nn.Embedding(vocab, width)
        self.position = nn.Embedding(context, width)

    def look_up(self, ids: Tensor) -> Tensor:
        return self.token(ids) + self.position(torch.arange(ids.shape[1], device=ids.device))

    def score(self, x: Tensor) -> Tensor:
        return x @ self.token.weight.T


class GPT2(Embeddings):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, *, context_size=1024):
        super().__init__(vocab_size, embed_size, context_size)
        blocks = (GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers))
        self.body = nn.Sequential(*blocks, GPT2LayerNorm(embed_size))

    def forward(self, input_ids: Tensor) -> Tensor:
        return self.score(self.body(self.look_up(input_ids)))
