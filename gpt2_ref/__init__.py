"""Learn how GPT-2 and its modern descendants work by building them.

For the notebooks: `check` judges an answer, `hint` gives the next hint, `progress` shows what is done.
The rest is the reference model, which is the model answer and the oracle behind the checks.
"""

from gpt2_ref.checks import Interrupted, NotAttempted, UnknownExercise, WrongAnswer
from gpt2_ref.course.desk import check, hint, progress
from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention

__all__ = [
    "GPT2LayerNorm",
    "Interrupted",
    "MultiHeadSelfAttention",
    "NotAttempted",
    "UnknownExercise",
    "WrongAnswer",
    "check",
    "hint",
    "progress",
]
