"""Lesson 10: TransformerBlock and ConfigurableGPT2."""

from gpt2_ref.checks.modern_block import TRANSFORMER_BLOCK
from gpt2_ref.checks.modern_whole import CONFIGURABLE_GPT2

EXERCISES = (TRANSFORMER_BLOCK, CONFIGURABLE_GPT2)
