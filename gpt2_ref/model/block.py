"""One layer of GPT-2: attention, then feed-forward, each added to the stream that passes through."""

from torch import Tensor, nn

from gpt2_ref.model.attention import MultiHeadSelfAttention
from gpt2_ref.model.cache import KVCache
from gpt2_ref.model.feed_forward import PositionWiseFeedForward
from gpt2_ref.model.layer_norm import GPT2LayerNorm


class TransformerBlock(nn.Module):
    """A pre-norm block around the attention that it is given.

    Shapes: x (batch, sequence, embed) -> same.

    Each half reads a normalised copy of the stream and adds its result to the stream itself, which is never
    normalised (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.3; why it
    trains better than normalising the stream: Xiong et al. 2020, arXiv 2002.04745).
    """

    def __init__(self, embed_size: int, hidden_size: int, attention: nn.Module, eps: float = 1e-5):
        super().__init__()
        self.attention_norm = GPT2LayerNorm(embed_size, eps)
        self.attention = attention
        self.feed_forward_norm = GPT2LayerNorm(embed_size, eps)
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x: Tensor, cache: KVCache | None = None) -> Tensor:
        normed = self.attention_norm(x)
        x = x + (self.attention(normed) if cache is None else self.attention(normed, cache))
        return x + self.feed_forward(self.feed_forward_norm(x))


class GPT2Block(TransformerBlock):
    """GPT-2's block: causal attention with `num_heads` heads, a feed-forward layer `hidden_size` wide.

    Shapes: x (batch, sequence, embed) -> same.

    Raises ValueError when a size is below 1 or num_heads does not divide embed_size.
    """

    def __init__(self, embed_size: int, num_heads: int, hidden_size: int, eps: float = 1e-5):
        super().__init__(embed_size, hidden_size, MultiHeadSelfAttention(embed_size, num_heads), eps)
