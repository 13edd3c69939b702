"""Judging draws: how often each id came, against how often it should.

One draw cannot be compared with an expected one, but a few hundred can be compared with their distribution. The test
is made so that a right answer has no real chance to fail it.
"""

import inspect
import itertools
import math
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from gpt2_ref.checks.engine import USUAL, Mistake
from gpt2_ref.checks.generate_oracle import distribution
from gpt2_ref.checks.learner import SEED, Blank, Trial, Wrong, check_result, check_signature, first_difference, is_empty

FALSE_ALARM = 1e-10
"""How likely a right answer is to fail one test of its counts, at most."""


# Calling the answer


def in_words(options: dict) -> str:
    return "".join(f", {name}={value}" for name, value in options.items())


def call(trial: Trial, *arguments: object, facts: dict[str, str], **options: float) -> object:
    """What the answer returns; raise Wrong if it changes a tensor that it was given, Blank if it is empty."""
    tensors = [argument for argument in arguments if isinstance(argument, Tensor)]
    before = [tensor.clone() for tensor in tensors]
    result = trial.run(trial.answer, *arguments, facts=facts, **options)
    for tensor, original in zip(tensors, before, strict=True):
        if tensor.shape != original.shape:
            shapes = {"before": f"shape {tuple(original.shape)}", "after": f"shape {tuple(tensor.shape)}"}
            raise Wrong("mutates-input", **facts, **shapes)
        if not torch.equal(tensor, original):
            where = first_difference(original, tensor)
            raise Wrong("mutates-input", **facts, before=where[0], after=where[1])
    if result is None and is_empty(trial.answer):
        raise Blank(None, "not written yet")
    return result


def ids_in(trial: Trial, result: object, shape: tuple[int, ...], vocab_size: int, facts: dict[str, str]) -> Tensor:
    """The result as ids; raise Wrong unless it is a tensor of this shape with whole numbers below vocab_size."""
    check_result(result, shape, getattr(result, "dtype", torch.long), facts)
    if result.dtype == torch.bool or result.is_floating_point() or result.is_complex():
        raise Wrong("ids-not-whole", **facts, expected="dtype torch.int64", yours=f"dtype {result.dtype}")
    remark = f"the ids come as {result.dtype}; torch.int64 is usual, and every embedding takes it"
    if result.dtype != torch.long and remark not in trial.notes:
        trial.notes.append(remark)
    outside = (result < 0) | (result >= vocab_size)
    if outside.any():
        facts = facts | {"expected": f"ids from 0 to {vocab_size - 1}", "yours": str(result[outside][0].item())}
        raise Wrong("id-out-of-range", **facts)
    return result.detach().long()


def interface(trial: Trial, given: Sequence[object], options: dict[str, float]) -> None:
    """Raise Wrong unless the answer takes the options of the exercise by name, and by position in its order."""
    slug = "forward-arguments"
    check_signature(trial.answer, tuple(given), {}, slug, {})
    check_signature(trial.answer, (*given, *options.values()), {}, slug, {})
    check_signature(trial.answer, tuple(given), options, slug, {})
    try:
        signature = inspect.signature(trial.answer)
    except (TypeError, ValueError):
        return
    taken = signature.bind(*given, *options.values()).arguments
    if any(name in taken and taken[name] is not value for name, value in options.items()):
        order = ", ".join(options)
        raise Wrong(slug, expected=f"the options in the order {order}", yours=f"{trial.name}{signature}")


def seed_the_others() -> None:
    """Seed Python's and numpy's random numbers, for answers that draw with them; torch's are seeded already."""
    random.seed(SEED)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(SEED % 2**32)


def question_about_drawing(wrong: Wrong) -> str:
    """A question for the errors that a draw meets most; empty for the others."""
    text = str(wrong.__cause__)
    if "probability tensor" in text or "invalid multinomial" in text:
        return "Is a token left in every row? And what stands at this line: probabilities, or numbers below 0 and NaN?"
    if "cannot be converted to Scalar" in text:
        return "item() and int() make one number out of one element. How many rows are there, and how many draws?"
    return ""


def renamed(wrong: Wrong, slug: str | None) -> Wrong:
    """The same fault under the name of a mistake."""
    if slug is None:
        return wrong
    named = Wrong(slug, question=question_about_drawing(wrong) if slug == "one-row-only" else "", **dict(wrong.facts))
    named.mixed_dtypes = wrong.mixed_dtypes
    return named


# Counts against a distribution


@dataclass(frozen=True)
class Case:
    """Rows of logits to draw from.

    words    what the learner is told about them
    rows     (rows, vocab)
    options  what is handed over besides
    number   how often to draw from each row
    slug     the mistake of an answer that is right on every case before this one
    apart    how many ids are told apart: the others are counted as one
    """

    words: str
    rows: Tensor
    options: Mapping[str, float] = field(default_factory=dict)
    number: int = 160
    slug: str | None = None
    apart: int | None = None

    def merged(self, numbers: Tensor) -> Tensor:
        """Counts or chances (rows, vocab), those of ids that are not told apart added up."""
        if self.apart is None:
            return numbers
        return torch.cat([numbers[:, : self.apart], numbers[:, self.apart :].sum(dim=1, keepdim=True)], dim=1)


def surprise(counts: Tensor, chances: Tensor) -> float:
    """How far counts lie from a distribution: counts * log(share / chance), summed; infinite for the impossible."""
    seen = counts > 0
    shares = counts.double() / counts.sum(dim=-1, keepdim=True)
    terms = counts[seen].double() * (shares[seen] / chances[seen]).log()
    return math.inf if terms.isnan().any() else terms.sum().item()


def limit(chances: Tensor) -> float:
    """The surprise that draws from these distributions exceed with a probability of at most FALSE_ALARM.

    For any number of draws, the moments of the surprise are below those of a gamma distribution whose shape is the
    number of degrees of freedom d (Agrawal 2019, arXiv 1904.02291); so P(surprise >= t) <= exp(-t) (e t / d)^d.
    """
    degrees = int((chances > 0).sum() - len(chances))
    if degrees <= 0:
        return 0.0
    low, high = float(degrees), 2.0 * degrees + 100
    while high - low > 1e-6:
        middle = (low + high) / 2
        exponent = -middle + degrees * (1 + math.log(middle / degrees))
        low, high = (middle, high) if exponent > math.log(FALSE_ALARM) else (low, middle)
    return high


def believable(counts: Tensor, chances: Tensor) -> bool:
    """Whether the counts can come from the distribution."""
    return surprise(counts, chances) <= limit(chances) + 1e-9


Drawn = Sequence[tuple[Case, Tensor]]
"""Cases, each with how often the answer drew each id from each row: (rows, ids told apart)."""

Variant = Callable[..., Tensor]
"""``variant(case, **choices)`` -> the distribution of a case, turned wrong by these choices."""


def recognise(drawn: Drawn, first_wrong: int, variant: Variant, mistakes: Sequence[Mistake]) -> tuple[Mistake, ...]:
    """The known mistake, or else the pair of them, that the counts can come from; the likeliest if there are several.

    Of a pair, the mistake that explains the first wrong case comes first. If nothing explains all cases, a mistake
    that explains the first wrong one and those before it is taken: another may follow.
    """
    case, _ = drawn[first_wrong]
    others = [pair for pair in drawn if pair[0] is not case and (case.slug or pair[0].slug is None)]
    everything = [drawn[first_wrong], *others]
    until_wrong = [drawn[first_wrong], *drawn[:first_wrong]]
    if case.slug is not None:
        return best_single(everything, variant, mistakes)
    return (
        best_single(everything, variant, mistakes)
        or best_pair(everything, variant, mistakes)
        or best_single(until_wrong, variant, mistakes)
    )


def best_single(drawn: Drawn, variant: Variant, mistakes: Sequence[Mistake]) -> tuple[Mistake, ...]:
    known = [(mistake, choices) for mistake in mistakes for choices in mistake.variants]
    fits = [(misfit(drawn, variant, choices), mistake) for mistake, choices in known]
    nearest = min(fits, key=lambda fit: fit[0])
    return (nearest[1],) if nearest[0] < math.inf else ()


def best_pair(drawn: Drawn, variant: Variant, mistakes: Sequence[Mistake]) -> tuple[Mistake, ...]:
    """Two mistakes made together; drawn[0] is the first wrong case."""
    usual = [(mistake, choices) for mistake in mistakes for choices in mistake.variants[:USUAL]]
    nearest, found = math.inf, ()
    for (one, some), (other, more) in itertools.combinations(usual, 2):
        if one is other or some.keys() & more.keys():
            continue
        fit = misfit(drawn, variant, {**some, **more})
        if fit < nearest:
            alone = [misfit(drawn[:1], variant, choices) < math.inf for choices in (some, more)]
            nearest, found = fit, (other, one) if alone == [False, True] else (one, other)
    return found


def misfit(drawn: Drawn, variant: Variant, choices: Mapping[str, object]) -> float:
    """How surprising the counts are if they come from a wrong variant; infinite where they cannot."""
    total = 0.0
    for case, counts in drawn:
        chances = case.merged(variant(case, **choices))
        if not chances.isfinite().all() or (chances < 0).any() or not believable(counts, chances):
            return math.inf
        total += surprise(counts, chances)
    return total


# Judging draws

Draw = Callable[[Case], Tensor]
"""What an answer drew in a case: ids (rows, number)."""

Symptom = Callable[[Case, Tensor], Wrong | None]
"""A look at the ids that an answer drew in the first wrong case: the fault they show, or None."""

Evidence = Callable[[Sequence[Case], Sequence[Tensor]], str | None]
"""A look at the ids that an answer drew in all cases: the slug of the mistake they show, or None."""


def judge_draws(
    draw: Draw,
    cases: Sequence[Case],
    variant: Variant,
    mistakes: Sequence[Mistake],
    certain: Sequence[Evidence] = (),
    symptoms: Sequence[Symptom] = (),
) -> None:
    """Raise Wrong unless the draws of every case can come from its distribution; named if a mistake is recognised.

    certain   says more than any recognised mistake
    symptoms  looked at when no mistake is recognised
    """
    ids, failure = [], None
    for case in cases:
        try:
            ids.append(draw(case))
        except Wrong as wrong:
            failure = wrong
            break
    drawn = [(case, case.merged(counted(row, case.rows.shape[-1]))) for case, row in zip(cases, ids, strict=False)]
    for number, (case, counts) in enumerate(drawn):
        chances = case.merged(variant(case))
        if not believable(counts, chances):
            facts = shares(case, counts, chances)
            slug = next(filter(None, (look(cases, ids) for look in certain)), None)
            if slug is not None:
                raise Wrong(slug, **facts)
            found = recognise(drawn, number, variant, mistakes)
            if found:
                raise Wrong(found[0].slug, " and ".join(mistake.title for mistake in found), **facts)
            looks = () if case.slug else symptoms
            shown = next(filter(None, (look(case, ids[number]) for look in looks)), Wrong(case.slug))
            raise Wrong(shown.slug, **facts, **dict(shown.facts))
    if failure is not None:
        raise failure


def counted(ids: Tensor, vocab_size: int) -> Tensor:
    """How often each id comes in each row: ids (rows, number) -> (rows, vocab)."""
    return F.one_hot(ids, vocab_size).sum(dim=1)


def shares(case: Case, counts: Tensor, chances: Tensor) -> dict[str, str]:
    """The row whose draws are the most surprising, expected and drawn."""
    surprises = [surprise(counts[row : row + 1], chances[row : row + 1]) for row in range(len(counts))]
    row = surprises.index(max(surprises))

    def line(numbers: Tensor, form: str) -> str:
        return " ".join(f"{number:{form}}" for number in numbers.tolist())

    total = counts[row].sum()
    drawn = f"{total} draws from each, here from row {row}"
    return {
        "input": f"{len(counts)} rows {case.words}{in_words(case.options)}: {drawn}",
        "id": line(torch.arange(counts.shape[-1]), "6d") + (" and above" if case.apart else ""),
        "logits": line(case.rows[row][: counts.shape[-1]], "6.4g"),
        "expected": line(100 * chances[row], "6.0f") + "  percent",
        "yours": line(100 * counts[row] / total, "6.0f") + "  percent",
    }


def greedy(case: Case, ids: Tensor) -> bool:
    """Whether all draws are the most likely ids."""
    return bool((ids == case.rows.argmax(dim=-1, keepdim=True)).all())


def several(case: Case) -> bool:
    """Whether more than one id can come from every row, and it is drawn from more than once."""
    return bool(((distribution(case.rows, **case.options) > 0).sum(dim=-1) > 1).all()) and case.number > 1


def one_id_a_row(cases: Sequence[Case], ids: Sequence[Tensor]) -> str | None:
    """Whether one id came again and again in each row, and not because it is the most likely one."""
    pairs = [(case, drawn) for case, drawn in zip(cases, ids, strict=False) if several(case)]
    always = all((drawn == drawn[:, :1]).all() for _, drawn in pairs)
    return "same-draw-for-every-row" if always and not all(greedy(*pair) for pair in pairs) else None


def draws_repeat(draw: Draw) -> Symptom:
    def look(case: Case, ids: Tensor) -> Wrong | None:
        varied = (ids != ids[:, :1]).any()
        return Wrong("same-draws") if varied and torch.equal(draw(case), ids) else None

    return look
