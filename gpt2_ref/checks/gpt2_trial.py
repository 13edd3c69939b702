"""A trial of answers that give logits: for tokens (..., embed) or for ids (batch, sequence)."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gpt2_ref.checks.learner import Blank, Trial, Wrong, check_result, check_signature, first_difference, is_empty


@dataclass
class LogitsTrial(Trial):
    """Like `Trial`, for an answer whose result has one number for each token of a vocabulary."""

    vocab_size: int = 0

    @classmethod
    def of(cls, trial: Trial, vocab_size: int) -> "LogitsTrial":
        """A trial that adds to what `trial` collects."""
        return cls(**{**vars(trial), "vocab_size": vocab_size})

    def call(self, function: Callable, *inputs: Tensor, shape: tuple[int, ...] | None = None) -> Tensor:
        """Give `function` tokens or ids and return its logits, in the dtype of the tokens or the default one."""
        (x,) = inputs
        on_ids = not x.is_floating_point()
        if shape is None:
            shape = (*(x.shape if on_ids else x.shape[:-1]), self.vocab_size)
        try:
            return self.call_on_ids(function, x, shape) if on_ids else super().call(function, x, shape=shape)
        except Wrong as wrong:
            raise self.told_by_its_shape(wrong, shape) from wrong.__cause__

    def call_on_ids(self, function: Callable, ids: Tensor, shape: tuple[int, ...]) -> Tensor:
        """`Trial.call` for whole numbers, whose dtype is not that of the result."""
        facts = {"input": f"ids of shape {tuple(ids.shape)}"}
        if isinstance(function, nn.Module) and type(function).forward is not nn.Module.forward:
            check_signature(function.forward, (ids,), {}, "forward-arguments", {})
        before = ids.clone()
        result = self.run(function, ids, facts=facts)
        if ids.shape != before.shape or not torch.equal(ids, before):
            first = (f"shape {tuple(t.shape)}" for t in (before, ids))
            was, now = first if ids.shape != before.shape else first_difference(before.double(), ids.double())
            raise Wrong("mutates-input", **facts, before=was, after=now)
        if result is None and is_empty(function):
            raise Blank(None, "not written yet")
        check_result(result, shape, torch.get_default_dtype(), facts)
        return result

    def told_by_its_shape(self, wrong: Wrong, shape: tuple[int, ...]) -> Wrong:
        """The same fault, with its own name where the shape of the result tells the mistake."""
        facts = dict(wrong.facts)
        yours = facts.get("yours", "")
        last = ((*shape[:-2], shape[-1]), (*shape[:-2], 1, shape[-1]))
        if wrong.slug == "wrong-shape" and len(shape) > 2 and yours in [f"shape {form}" for form in last]:
            return Wrong("last-token-only", **facts)
        if wrong.slug in ("wrong-shape", "changes-dtype") and yours in (f"shape {shape[:-1]}", "dtype torch.int64"):
            return Wrong("picks-a-token", **facts)
        return wrong
