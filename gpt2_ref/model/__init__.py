"""The reference model: one component a file, each read before the ones that use it."""

from gpt2_ref.model.attention import GroupQueryAttention, MultiHeadSelfAttention, SlidingWindowAttention
from gpt2_ref.model.block import GPT2Block, TransformerBlock
from gpt2_ref.model.cache import KVCache
from gpt2_ref.model.feed_forward import PositionWiseFeedForward
from gpt2_ref.model.functional import Window, attend, attend_fused, causal, visible
from gpt2_ref.model.generation import generate, sample_next_token, stream
from gpt2_ref.model.gpt2 import GPT2, GPT2OutputLayer
from gpt2_ref.model.grouping import group_heads
from gpt2_ref.model.inspection import attention_pattern, induction_score, logit_lens, streams, without_heads
from gpt2_ref.model.layer_norm import GPT2LayerNorm
from gpt2_ref.model.rotary import RotaryPositionalEncoding, swap_layout

__all__ = [
    "GPT2",
    "GPT2Block",
    "GPT2LayerNorm",
    "GPT2OutputLayer",
    "GroupQueryAttention",
    "KVCache",
    "MultiHeadSelfAttention",
    "PositionWiseFeedForward",
    "RotaryPositionalEncoding",
    "SlidingWindowAttention",
    "TransformerBlock",
    "Window",
    "attend",
    "attend_fused",
    "attention_pattern",
    "causal",
    "generate",
    "group_heads",
    "induction_score",
    "logit_lens",
    "sample_next_token",
    "stream",
    "streams",
    "swap_layout",
    "visible",
    "without_heads",
]
