"""The block as the oracle behind the checks, and the known ways to get it wrong: each option is one of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from gpt2_ref.checks.attention_oracle import self_attention, unchanged
from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.roles import Weights

# The bend of the feed-forward layer, right and wrong


def gelu(x: Tensor) -> Tensor:
    """The tanh form."""
    return F.gelu(x, approximate="tanh")


def exact_gelu(x: Tensor) -> Tensor:
    return F.gelu(x)


def mistyped(
    factor: float = math.sqrt(2 / math.pi),
    cubic: float = 0.044715,
    power: int = 3,
    half: float = 0.5,
    one: float = 1.0,
    times_x: bool = True,
    only_x: bool = False,
) -> Callable[[Tensor], Tensor]:
    """The tanh form with another number in one of its places; `only_x`: the factor multiplies x and not the cube."""

    def bend(x: Tensor) -> Tensor:
        curved = cubic * x**power
        inside = factor * x + curved if only_x else factor * (x + curved)
        return half * (x if times_x else 1.0) * (one + inside.tanh())

    return bend


def logistic(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)


@dataclass(frozen=True)
class FeedForwardWeights:
    """expand (hidden, embed + 1) and contract (embed, hidden); the last column of expand is the bias. bias (embed)."""

    expand: Tensor
    contract: Tensor
    bias: Tensor


def feed_forward(
    x: Tensor,
    weights: FeedForwardWeights,
    *,
    bend_input: Callable[[Tensor], Tensor] = unchanged,
    bend: Callable[[Tensor], Tensor] = gelu,
    bend_result: Callable[[Tensor], Tensor] = unchanged,
    adds_input: bool = False,
) -> Tensor:
    """x (..., embed) -> same."""
    matrix, bias = weights.expand[:, :-1], weights.expand[:, -1]
    result = bend_result(bend(bend_input(x) @ matrix.T + bias) @ weights.contract.T + weights.bias)
    return x + result if adds_input else result


def normalised(x: Tensor) -> Tensor:
    """Mean 0 and variance 1 over the last axis."""
    return F.layer_norm(x, x.shape[-1:])


FEED_FORWARD_MISTAKES = (
    Mistake(
        "relu",
        "the bend is a ReLU, not a GELU",
        "What does your function make of -0.5, and what does GELU make of it?",
        ({"bend": torch.relu}, {"bend": lambda x: x.clamp(0, 6)}),
    ),
    Mistake(
        "silu",
        "the bend is x times sigmoid(x), which is SiLU, not GELU",
        "What does GELU make of 1: 0.731 or 0.841?",
        ({"bend": F.silu},),
    ),
    Mistake(
        "quick-gelu",
        "the bend is x times sigmoid(1.702 x), a rougher form of GELU than GPT-2's",
        "Which of the three forms of GELU has a tanh in it?",
        ({"bend": logistic},),
    ),
    Mistake(
        "other-activation",
        "the bend is not a GELU",
        "Which function does GPT-2 bend with, and what does yours make of -3, of 0 and of 3?",
        tuple(
            {"bend": bend}
            for bend in (
                torch.tanh,
                torch.sigmoid,
                F.leaky_relu,
                F.elu,
                F.softplus,
                F.mish,
                F.selu,
                F.hardswish,
                F.logsigmoid,
                lambda x: x.relu() ** 2,
                lambda x: F.leaky_relu(x, 0.1),
                lambda x: F.leaky_relu(x, 0.2),
                lambda x: x.softmax(dim=-1),
                torch.erf,
            )
        ),
    ),
    Mistake(
        "activation-missing",
        "there is no bend between the two linear layers",
        "Two linear layers in a row: could one linear layer do the same?",
        ({"bend": unchanged},),
    ),
    Mistake(
        "activation-misplaced",
        "the bend is not between the two linear layers",
        "In which order come: widen, bend, narrow? How many bends are there?",
        tuple(
            choices
            for bend in (gelu, exact_gelu, torch.relu)
            for choices in (
                {"bend": unchanged, "bend_result": bend},
                {"bend": bend, "bend_result": bend},
                {"bend": unchanged, "bend_input": bend},
                {"bend": bend, "bend_input": bend},
            )
        )
        + tuple({"bend_result": bend} for bend in (torch.relu, torch.tanh))
        + tuple({"bend": lambda x, bend=bend: bend(bend(x))} for bend in (gelu, exact_gelu)),
    ),
    Mistake(
        "gelu-constant",
        "a constant in the tanh form of GELU is mistyped",
        "Compare digit by digit: 0.5, sqrt(2 / pi) = 0.7979, 0.044715. Which way round is the root?",
        tuple(
            {"bend": mistyped(cubic=cubic)}
            for cubic in (0.44715, 0.0044715, 0.04475, 0.0447, 0.044175, 0.04715, 0.047715, 0.44175, 0.045, 0.04, 0.0)
        )
        + tuple(
            {"bend": mistyped(factor=factor)}
            for factor in (
                math.sqrt(2 * math.pi),
                1 / math.sqrt(2 * math.pi),
                math.sqrt(math.pi / 2),
                2 / math.pi,
                math.sqrt(2) / math.pi,
                math.sqrt(1 / math.pi),
                1 / math.sqrt(2),
                math.sqrt(2.0),
                1.0,
                math.pi / 2,
                2 / math.sqrt(math.pi),
            )
        ),
    ),
    Mistake(
        "gelu-square",
        "the tanh form of GELU has x to another power than 3",
        "Which power of x does 0.044715 multiply?",
        tuple({"bend": mistyped(power=power)} for power in (2, 1, 4)),
    ),
    Mistake(
        "gelu-half-missing",
        "the factor 0.5 of GELU is missing",
        "For a large x, tanh is 1. What is your result for x = 10, and what should it be?",
        ({"bend": mistyped(half=1.0)}, {"bend": lambda x: 2 * exact_gelu(x)}),
    ),
    Mistake(
        "gelu-one-missing",
        "the 1 + of GELU is missing",
        "For x = -10, tanh is -1. What is your result there, and what should it be?",
        ({"bend": mistyped(one=0.0)}, {"bend": mistyped(one=-1.0)}, {"bend": mistyped(half=1.0, one=0.0)}),
    ),
    Mistake(
        "gelu-x-missing",
        "GELU's first factor x is missing",
        "What does your function give for x = 10: 1 or 10?",
        ({"bend": mistyped(times_x=False)}, {"bend": lambda x: 0.5 * (1 + torch.erf(x / math.sqrt(2)))}),
    ),
    Mistake(
        "gelu-parenthesis",
        "a parenthesis in GELU closes in the wrong place",
        "What does sqrt(2 / pi) multiply: x alone, or all of x + 0.044715 x^3?",
        (
            {"bend": mistyped(only_x=True)},
            {"bend": lambda x: 0.5 * x * 1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))},
            {"bend": lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + (0.044715 * x) ** 3)))},
            {"bend": lambda x: 0.5 * x + x * torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))},
        ),
    ),
    Mistake(
        "gelu-erf",
        "the exact form of GELU is mistyped",
        "The exact form is x / 2 times 1 + erf(x / sqrt(2)). Which part of yours differs?",
        (
            {"bend": lambda x: 0.5 * x * (1 + torch.erf(x))},
            {"bend": lambda x: 0.5 * x * (1 + torch.erf(x / 2))},
            {"bend": lambda x: x * torch.erf(x / math.sqrt(2))},
            {"bend": lambda x: 0.5 * x * (1 + torch.erf(x * math.sqrt(2)))},
        ),
    ),
    Mistake(
        "input-added",
        "the input is added to the result",
        "The block adds x. What should the feed-forward layer alone return?",
        ({"adds_input": True}, {"adds_input": True, "bend_input": normalised}),
    ),
    Mistake(
        "layer-norm-inside",
        "there is a layer norm inside the feed-forward layer",
        "Who normalises in a block: the block, or its parts?",
        (
            {"bend_input": normalised},
            {"bend_result": normalised},
            {"bend": lambda x: gelu(normalised(x))},
            {"bend": lambda x: normalised(gelu(x))},
        ),
    ),
)

# The block


@dataclass(frozen=True)
class NormWeights:
    """scale and shift (embed)."""

    scale: Tensor
    shift: Tensor


@dataclass(frozen=True)
class BlockWeights:
    """All weights of a block; `first` is the layer norm that the attention reads, `second` the feed-forward's.

    A half without weights adds nothing.
    """

    first: NormWeights
    attention: Weights | None
    second: NormWeights
    feed: FeedForwardWeights | None


def layer_norm(
    x: Tensor, weights: NormWeights, eps: float = 1e-5, correction: int = 0, outside: bool = False
) -> Tensor:
    """x (..., embed) -> same."""
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = x.var(dim=-1, keepdim=True, correction=correction)
    spread = variance.sqrt() + eps if outside else (variance + eps).sqrt()
    return centred / spread * weights.scale + weights.shift


Part = Callable[[Tensor], Tensor]


def pre_norm(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    """GPT-2's block. Each half reads a normalised copy, and adds to the stream itself."""
    x = x + attend(first(x))
    return x + feed(second(x))


FEED_FORWARD_CHOICES = ("bend_input", "bend", "bend_result", "adds_input")


def block(
    x: Tensor,
    weights: BlockWeights,
    *,
    form: Callable[..., Tensor] = pre_norm,
    norm: Callable[..., Tensor] = layer_norm,
    **choices,
) -> Tensor:
    """x (batch, sequence, embed) -> same. Further choices are those of `feed_forward` and of `self_attention`."""
    for_feed = {name: choices.pop(name) for name in FEED_FORWARD_CHOICES if name in choices}

    def attend(x: Tensor) -> Tensor:
        return torch.zeros_like(x) if weights.attention is None else self_attention(x, weights.attention, **choices)

    def feed(x: Tensor) -> Tensor:
        return torch.zeros_like(x) if weights.feed is None else feed_forward(x, weights.feed, **for_feed)

    return form(x, lambda x: norm(x, weights.first), attend, lambda x: norm(x, weights.second), feed)


def halves(one: Callable[[Tensor, Part, Part], Tensor], other: Callable[[Tensor, Part, Part], Tensor]) -> Callable:
    """A form made of two halves, each ``(x, norm, part) -> x``."""

    def form(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
        return other(one(x, first, attend), second, feed)

    return form


def right_half(x: Tensor, norm: Part, part: Part) -> Tensor:
    return x + part(norm(x))


def post_half(x: Tensor, norm: Part, part: Part) -> Tensor:
    return norm(x + part(x))


def both_half(x: Tensor, norm: Part, part: Part) -> Tensor:
    return norm(x + part(norm(x)))


def normed_half(x: Tensor, norm: Part, part: Part) -> Tensor:
    return norm(x) + part(norm(x))


def bare_half(x: Tensor, norm: Part, part: Part) -> Tensor:
    return part(norm(x))


def unnormed_half(x: Tensor, norm: Part, part: Part) -> Tensor:
    return x + part(x)


def branch_half(x: Tensor, norm: Part, part: Part) -> Tensor:
    return x + norm(part(x))


def doubled_half(x: Tensor, norm: Part, part: Part) -> Tensor:
    return x + right_half(x, norm, part)


def subtracted_half(x: Tensor, norm: Part, part: Part) -> Tensor:
    return x - part(norm(x))


def with_wrong(half: Callable) -> tuple[dict[str, Callable], ...]:
    """The blocks in which both halves are so, or one of them."""
    return (
        {"form": halves(half, half)},
        {"form": halves(half, right_half)},
        {"form": halves(right_half, half)},
    )


def parallel(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return x + attend(first(x)) + feed(second(x))


def parallel_one_norm(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return x + attend(first(x)) + feed(first(x))


def feed_first(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    x = x + feed(second(x))
    return x + attend(first(x))


def input_kept(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return x + feed(second(x + attend(first(x))))


def one_residual_around_all(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return x + feed(second(attend(first(x))))


def feed_dropped(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return x + attend(first(x))


def attention_dropped(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return x + feed(second(x))


def input_added_again(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return x + pre_norm(x, first, attend, second, feed)


def feeds_on_the_first_norm(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    n = first(x)
    return x + attend(n) + feed(second(n))


def feeds_on_attention_alone(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    added = attend(first(x))
    return x + added + feed(second(added))


def norms_swapped(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return pre_norm(x, second, attend, first, feed)


def first_norm_for_both(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return pre_norm(x, first, attend, first, feed)


def norm_at_the_end(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return normalised(pre_norm(x, first, attend, second, feed))


def norm_of_the_result(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return second(pre_norm(x, first, attend, second, feed))


def norm_at_the_start(x: Tensor, first: Part, attend: Part, second: Part, feed: Part) -> Tensor:
    return pre_norm(normalised(x), first, attend, second, feed)


FORM_MISTAKES = (
    Mistake(
        "post-norm",
        "the stream itself is normalised, after each half: this is post-norm, GPT-2 is pre-norm",
        "With all weights of attention and feed-forward 0, what should come out: x, or a normalised x?",
        (
            *with_wrong(post_half),
            {"form": halves(both_half, both_half)},
            {"form": halves(right_half, both_half)},
            {"form": halves(right_half, post_half)},
            {"form": halves(unnormed_half, post_half)},
            {"form": halves(post_half, unnormed_half)},
            {"form": norm_at_the_end},
            {"form": norm_of_the_result},
        ),
    ),
    Mistake(
        "residual-from-normalised",
        "the normalised copy is added, not the stream itself",
        "You add something to what attention returns. Is it x from before the layer norm, or from after?",
        (*with_wrong(normed_half), {"form": norm_at_the_start}),
    ),
    Mistake(
        "residual-missing",
        "a half does not add its input",
        "Each half returns a change. Where is what came in?",
        (
            *with_wrong(bare_half),
            {"form": halves(lambda x, norm, part: part(x), lambda x, norm, part: part(x))},
        ),
    ),
    Mistake(
        "residual-twice",
        "the input is added twice",
        "With all weights of attention and feed-forward 0, x should come out. How often does yours add it?",
        (*with_wrong(doubled_half), {"form": input_added_again}),
    ),
    Mistake(
        "residual-subtracted",
        "a half is subtracted from the stream",
        "Which sign stands between the stream and what a half returns?",
        with_wrong(subtracted_half),
    ),
    Mistake(
        "norm-after-half",
        "the layer norm is applied to what a half returns, not to what it reads",
        "Which comes first on the way of a half: the layer norm or the weights?",
        with_wrong(branch_half),
    ),
    Mistake(
        "layer-norm-missing",
        "a half reads the stream as it is, without a layer norm",
        "If x is ten times as large, what does each half read: ten times as much, or the same?",
        with_wrong(unnormed_half),
    ),
    Mistake(
        "parallel-halves",
        "the feed-forward layer does not read what attention has added",
        "What does your feed-forward layer read: the stream before attention, or after it?",
        (
            {"form": parallel},
            {"form": parallel_one_norm},
            {"form": feeds_on_the_first_norm},
            {"form": feeds_on_attention_alone},
        ),
    ),
    Mistake(
        "feed-forward-first",
        "the feed-forward layer comes before attention",
        "Which half comes first in GPT-2?",
        ({"form": feed_first},),
    ),
    Mistake(
        "attention-lost",
        "what attention adds does not reach the result",
        "After the first half x has changed. To which x does your second half add?",
        ({"form": input_kept}, {"form": one_residual_around_all}, {"form": attention_dropped}),
    ),
    Mistake(
        "feed-forward-lost",
        "what the feed-forward layer adds does not reach the result",
        "Which line adds what the feed-forward layer returns?",
        ({"form": feed_dropped},),
    ),
)
