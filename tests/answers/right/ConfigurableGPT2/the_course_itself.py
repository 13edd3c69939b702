"""The course's own GPT2 has both options already."""
from gpt2_ref import GPT2 as ConfigurableGPT2
