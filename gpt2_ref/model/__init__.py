"""The reference model: one component a file, each read before the ones that use it."""

from gpt2_ref.model.attention import MultiHeadSelfAttention
from gpt2_ref.model.functional import attend, attend_fused, causal, visible
from gpt2_ref.model.layer_norm import GPT2LayerNorm

__all__ = ["GPT2LayerNorm", "MultiHeadSelfAttention", "attend", "attend_fused", "causal", "visible"]
