"""What a training is: the model's sizes and parts, and how it is trained."""

import json
from dataclasses import asdict, dataclass
from functools import partial

from gpt2_ref.checkpoints import GPT2
from gpt2_ref.checkpoints import Settings as Checkpoint
from gpt2_ref.model import MultiHeadSelfAttention, RotaryPositionalEncoding, Window, causal
from gpt2_ref.model.errors import require_divides, require_positive


@dataclass(frozen=True)
class ModelSettings:
    """The model that is trained: GPT-2, or GPT-2 with a window, with groups, with rotary positions."""

    vocab_size: int
    embed_size: int = 192
    num_heads: int = 4
    num_layers: int = 6
    context_size: int = 256
    window_size: int | None = None
    num_groups: int | None = None
    rotary: bool = False

    @classmethod
    def of(cls, model: GPT2) -> "ModelSettings":
        """The sizes of a GPT-2 that was loaded. Raises ValueError for one that `build` cannot make again."""
        found = Checkpoint.of(model)
        if found.hidden_size != 4 * found.embed_size or found.eps != 1e-5:
            raise ValueError(
                f"the model has hidden_size = {found.hidden_size} and eps = {found.eps}; to be trained, it must have "
                f"4 * embed_size = {4 * found.embed_size} and 1e-05"
            )
        return cls(found.vocab_size, found.embed_size, found.num_heads, found.num_layers, found.context_size)

    def build(self) -> GPT2:
        """A model with new weights. Raises ValueError for sizes that do not fit together."""
        require_positive(
            vocab_size=self.vocab_size, embed_size=self.embed_size, num_heads=self.num_heads, num_layers=self.num_layers
        )
        require_divides(embed_size=self.embed_size, num_heads=self.num_heads)
        attention = partial(
            MultiHeadSelfAttention,
            num_groups=self.num_groups,
            rule=causal if self.window_size is None else Window(self.window_size),
            rotary=RotaryPositionalEncoding(self.embed_size // self.num_heads) if self.rotary else None,
        )
        return GPT2(
            self.vocab_size,
            self.embed_size,
            self.num_heads,
            4 * self.embed_size,
            self.num_layers,
            context_size=self.context_size,
            attention=attention,
            learned_positions=not self.rotary,
        )


@dataclass(frozen=True)
class Settings:
    """How a model is trained. Two trainings with equal settings, model and text give equal losses.

    num_steps       updates of the weights
    batch_size      sequences that an update is computed from, over all processes and parts
    accumulate      parts in which one process works through its share of a batch
    peak, final     learning rates after the warm-up and at the end
    warmup_steps    steps over which the learning rate rises
    weight_decay    of matrices (see `make_optimiser`)
    betas           of AdamW
    max_norm        the gradient's norm is cut to this
    seed            of the weights and of the batches
    bfloat16        compute products in bfloat16; the weights stay float32
    onednn          compute float32 products on a CPU by oneDNN, where it is there: faster than torch's choice on many
                    processors, and equal but for the last bits
    compile         run the model through torch.compile, which needs a C++ compiler
    evaluate_every  steps between two looks at the held-out text
    evaluate_on     sequences of the held-out text that such a look takes; the last step takes all of it
    save_every      steps between two snapshots
    """

    num_steps: int = 2000
    batch_size: int = 16
    accumulate: int = 1
    peak: float = 1e-3
    final: float = 1e-4
    warmup_steps: int = 100
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.95)
    max_norm: float = 1.0
    seed: int = 0
    bfloat16: bool = False
    onednn: bool = True
    compile: bool = False
    evaluate_every: int = 100
    evaluate_on: int = 64
    save_every: int = 100

    def __post_init__(self) -> None:
        require_positive(
            num_steps=self.num_steps,
            batch_size=self.batch_size,
            accumulate=self.accumulate,
            evaluate_every=self.evaluate_every,
            evaluate_on=self.evaluate_on,
            save_every=self.save_every,
        )
        require_divides(batch_size=self.batch_size, accumulate=self.accumulate)
        if self.warmup_steps < 0:
            raise ValueError(f"warmup_steps = {self.warmup_steps}; it must be 0 or more")
        for name in ("peak", "max_norm"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} = {getattr(self, name)}; it must be above 0")
        for name in ("final", "weight_decay"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} = {getattr(self, name)}; it must be 0 or more")


FREE_TO_CHANGE = {"save_every", "accumulate", "compile"}
"""Settings that a training may go on with differently: they say how it is computed, not what."""


def differences(old: dict[str, object], new: dict[str, object]) -> list[str]:
    """The settings that two trainings do not share, as "name: old, now new"."""
    return [
        f"{name}: {old.get(name)}, now {new.get(name)}"
        for name in sorted(old.keys() | new.keys())
        if name not in FREE_TO_CHANGE and old.get(name) != new.get(name)
    ]


def as_plain(settings: object) -> dict[str, object]:
    """A dataclass as JSON would give it back."""
    return json.loads(json.dumps(asdict(settings)))
