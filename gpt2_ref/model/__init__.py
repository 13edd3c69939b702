"""The reference model: one component a file, each read before the ones that use it."""

from gpt2_ref.model.attention import MultiHeadSelfAttention
from gpt2_ref.model.block import GPT2Block, TransformerBlock
from gpt2_ref.model.cache import KVCache
from gpt2_ref.model.feed_forward import PositionWiseFeedForward
from gpt2_ref.model.functional import attend, attend_fused, causal, visible
from gpt2_ref.model.generation import generate, sample_next_token, stream
from gpt2_ref.model.gpt2 import GPT2, GPT2OutputLayer
from gpt2_ref.model.layer_norm import GPT2LayerNorm

__all__ = [
    "GPT2",
    "GPT2Block",
    "GPT2LayerNorm",
    "GPT2OutputLayer",
    "KVCache",
    "MultiHeadSelfAttention",
    "PositionWiseFeedForward",
    "TransformerBlock",
    "attend",
    "attend_fused",
    "causal",
    "generate",
    "sample_next_token",
    "stream",
    "visible",
]
