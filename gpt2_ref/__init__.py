"""Learn how GPT-2 and its modern descendants work by building them.

For the notebooks: `check` judges an answer, `hint` gives the next hint, `progress` shows what is done.
The rest is the reference model, which is the model answer and the oracle behind the checks.
"""

from importlib import import_module

# Name -> where it is defined. A module is imported when its first name is used, so that
# `python -m gpt2_ref doctor` can still speak where torch is missing.
PUBLIC = {
    "GPT2": "gpt2_ref.checkpoints",
    "GPT2Block": "gpt2_ref.model",
    "GPT2LayerNorm": "gpt2_ref.model",
    "GPT2OutputLayer": "gpt2_ref.model",
    "GroupQueryAttention": "gpt2_ref.model",
    "Interrupted": "gpt2_ref.checks",
    "KVCache": "gpt2_ref.model",
    "MultiHeadSelfAttention": "gpt2_ref.model",
    "NotAttempted": "gpt2_ref.checks",
    "PositionWiseFeedForward": "gpt2_ref.model",
    "RotaryPositionalEncoding": "gpt2_ref.model",
    "SlidingWindowAttention": "gpt2_ref.model",
    "TransformerBlock": "gpt2_ref.model",
    "UnknownExercise": "gpt2_ref.checks",
    "WrongAnswer": "gpt2_ref.checks",
    "attention_pattern": "gpt2_ref.model",
    "check": "gpt2_ref.course.desk",
    "generate": "gpt2_ref.model",
    "group_heads": "gpt2_ref.model",
    "hint": "gpt2_ref.course.desk",
    "induction_score": "gpt2_ref.model",
    "load_tokenizer": "gpt2_ref.checkpoints",
    "logit_lens": "gpt2_ref.model",
    "progress": "gpt2_ref.course.desk",
    "read_checkpoint": "gpt2_ref.checkpoints",
    "sample_next_token": "gpt2_ref.model",
    "swap_layout": "gpt2_ref.model",
    "without_heads": "gpt2_ref.model",
}

__all__ = sorted(PUBLIC)


def __getattr__(name: str) -> object:
    if name not in PUBLIC:
        raise AttributeError(f"gpt2_ref has no {name}; it has {', '.join(__all__)}")
    value = getattr(import_module(PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
