"""Lesson 04: GPT2OutputLayer, GPT2 and load_checkpoint."""

from gpt2_ref.checks.gpt2_loading import LOAD_CHECKPOINT
from gpt2_ref.checks.gpt2_output import OUTPUT_LAYER
from gpt2_ref.checks.gpt2_whole import WHOLE_MODEL

EXERCISES = (OUTPUT_LAYER, WHOLE_MODEL, LOAD_CHECKPOINT)
