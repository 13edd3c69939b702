"""Lesson 01: GPT2LayerNorm."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from gpt2_ref.checks.engine import (
    Exercise,
    Mistake,
    Probe,
    all_close,
    close_gradient,
    diagnose,
    gradient_reaches,
    judge,
    tolerance,
)
from gpt2_ref.checks.learner import Trial, Wrong, first_difference, gradients, no_trace
from gpt2_ref.checks.roles import flat, trained

EMBED = 8


def layer_norm(
    x: Tensor,
    scale: Tensor,
    shift: Tensor,
    eps: float,
    *,
    centre: bool = True,
    around_mean: bool = True,
    correction: int = 0,
    spread: Callable = torch.sqrt,
    deviation: Callable = torch.square,
    eps_at: str = "inside",
    fixed_eps: float | None = None,
    axes: Callable = lambda dims: (-1,),
    divide: bool = True,
    scale_used: Callable = lambda scale: scale,
    shift_used: Callable = lambda shift, scale: shift,
    residual: bool = False,
    rounded_to: torch.dtype | None = None,
) -> Tensor:
    """The oracle: layer normalisation of the last axis. The options are the known ways to get it wrong."""
    eps = eps if fixed_eps is None else fixed_eps
    over = axes(x.dim())
    x = x.to(rounded_to).to(x.dtype) if rounded_to else x
    mean = x.mean(dim=over, keepdim=True)
    count = x.numel() / mean.numel()
    variance = deviation(x - mean if around_mean else x).sum(dim=over, keepdim=True) / (count - correction)
    divisor = {
        "inside": lambda: spread(variance + eps),
        "outside": lambda: spread(variance) + eps,
        "beside the square": lambda: torch.sqrt(spread(variance) ** 2 + eps),
    }[eps_at]()
    normal = (x - mean if centre else x) / (divisor if divide else 1)
    result = normal * scale_used(scale) + shift_used(shift, scale)
    return x + result if residual else result


def probes(embed_size: int, setting: str) -> list[Probe]:
    def drawn(words: str, x: Tensor) -> Probe:
        return Probe(f"x of shape {tuple(x.shape)}, {words}{setting}", (x,))

    return [
        drawn("drawn from N(0, 1)", torch.randn(2, 3, embed_size)),
        drawn("drawn from N(5, 4)", 5 + 2 * torch.randn(2, 3, embed_size)),
        drawn("drawn from N(0, 1) and multiplied by 0.001", torch.randn(2, 3, embed_size) / 1e3),
        drawn("the same number in every place", torch.full((2, 3, embed_size), 1.5)),
        drawn("drawn from N(0, 1)", torch.randn(2, 3, 4, embed_size)),
        drawn("drawn from N(0, 1)", torch.randn(4, embed_size)),
        drawn("drawn from N(0, 1)", torch.randn(embed_size)),
        drawn("drawn from N(0, 1) and multiplied by 10000", 1e4 * torch.randn(7, 2, embed_size)),
        drawn("drawn from N(0, 1)", torch.randn(1, 1, embed_size)),
        drawn("drawn from N(0, 1)", torch.randn(2, 1, 2, 3, embed_size)),
        drawn("drawn from N(0, 1)", torch.randn(2, min(embed_size, 9), embed_size)),
    ]


def judge_with(trial: Trial, module: nn.Module, scale: Tensor, shift: Tensor, eps: float, setting: str = "") -> None:
    """Compare with the oracle that has this scale and shift; `setting` tells the learner about them."""
    tried = probes(len(scale), setting)

    def variant(**choices) -> Iterator[Tensor]:
        return (layer_norm(*probe.inputs, scale, shift, eps, **choices) for probe in tried)

    judge(trial, without_extra_axes(trial, module), tried, variant, MISTAKES, module=module)


def without_extra_axes(trial: Trial, module: nn.Module) -> Callable[[Tensor], Tensor]:
    """The module, let off an axis in front that parameters of shape (1, 1, embed) give to a small input."""

    def call(x: Tensor) -> Tensor:
        result = module(x)
        added = result.dim() - x.dim() if isinstance(result, Tensor) else 0
        if added <= 0 or x.dim() > 2 or tuple(result.shape) != (1,) * added + tuple(x.shape):
            return result
        note = f"x of shape {tuple(x.shape)} gains an axis: parameters of shape (embed_size,) would add none"
        if note not in trial.notes:
            trial.notes.append(note)
        return result.reshape(x.shape)

    return call


def plain(trial: Trial) -> None:
    """Build it and call it in float32, as the learner would."""
    with no_trace(torch.float32):
        trial.call(trial.build(EMBED), torch.randn(2, 3, EMBED))


def owns_scale_and_shift(trial: Trial) -> None:
    """Two learnable numbers for each place of the embedding."""
    module = trial.construct(EMBED)
    trial.call(module, torch.randn(2, 3, EMBED))
    numbers = len(flat(module)) if trained(module) else 0
    shapes = ", ".join(f"{name} {tuple(p.shape)}" for name, p in module.named_parameters()) or "no parameter"
    facts = {"expected": f"{2 * EMBED} learnable numbers for embed_size {EMBED}", "yours": f"{numbers}: {shapes}"}
    if numbers == 0:
        raise Wrong("not-parameters", **facts)
    if numbers == 2:
        raise Wrong("scalar-scale-shift", **facts)
    if numbers != 2 * EMBED:
        raise Wrong("wrong-parameter-count", **facts)


def starts_as_identity(trial: Trial) -> None:
    """A new module only normalises: its scale is 1 and its shift is 0."""
    judge_with(trial, trial.construct(EMBED, eps=1e-5), torch.ones(EMBED), torch.zeros(EMBED), eps=1e-5)


def values(trial: Trial) -> None:
    """Equal to the oracle with random scale and shift, whatever the parameters are called and however stored."""
    for embed_size, eps in ((EMBED, 1e-5), (EMBED, 0.3), (5, 1e-5), (768, 1e-5)):
        module = trial.construct(embed_size, eps=eps)
        trial.call(module, torch.randn(2, 3, embed_size))
        first, second = randomise(module)
        x = torch.randn(2, 3, embed_size)
        came = trial.call(module, x)
        for scale, shift in readings(first, second):
            if all_close(came, layer_norm(x, scale, shift, eps)):
                break
        else:
            scale, shift = likelier(came, x, first, second, eps)
        judge_with(trial, module, scale, shift, eps, f"; scale and shift drawn at random, eps = {eps:g}")


def default_eps(trial: Trial) -> None:
    """Without an eps of its own, the module uses 1e-5."""
    x = torch.randn(2, 3, EMBED) / 1e3
    came = trial.call(trial.construct(EMBED), x)
    right = layer_norm(x, torch.ones(EMBED), torch.zeros(EMBED), 1e-5)
    if not all_close(came, right):
        expected, yours = first_difference(right, came, tolerance())
        raise Wrong("eps-default", input="x drawn from N(0, 1) and multiplied by 0.001", expected=expected, yours=yours)


def randomise(module: nn.Module) -> tuple[Tensor, Tensor]:
    """Fill the parameters with random numbers; return the first and the second half of them in order."""
    for parameter in trained(module):
        parameter.data.normal_(1.0, 0.6)
    return flat(module).chunk(2)


def readings(first: Tensor, second: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The ways to take the parameters as (scale, shift): either order, pairs, and a scale stored as scale - 1."""
    pairs = torch.cat([first, second]).view(-1, 2).unbind(-1)
    for one, other in ((first, second), pairs):
        for scale, shift in ((one, other), (other, one)):
            yield scale, shift
            yield 1 + scale, shift


def likelier(came: Tensor, x: Tensor, first: Tensor, second: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """The reading of a wrong answer under which known mistakes explain it, else the first."""
    for scale, shift in readings(first, second):

        def variant(scale: Tensor = scale, shift: Tensor = shift, **choices) -> Iterator[Tensor]:
            yield layer_norm(x, scale, shift, eps, **choices)

        if diagnose([came.detach()], variant, MISTAKES, 0):
            return scale, shift
    return first, second


def gradient(trial: Trial) -> None:
    """The gradient reaches x, scale and shift, and goes through the mean and the variance."""
    module = trial.construct(EMBED)
    x = torch.randn(2, 3, EMBED, requires_grad=True)
    came = trial.call(module, x)
    gradient_reaches(came, {"x": x, **{name: p for name, p in module.named_parameters() if p.requires_grad}})
    constant = torch.full((2, 3, EMBED), 1.5, requires_grad=True)
    (slope,) = gradients(trial.call(module, constant), [constant], torch.randn(2, 3, EMBED))
    if slope is not None and not slope.isfinite().all():
        raise Wrong("gradient-not-finite", input="x with the same number in every place")
    ones, zeros, weights = torch.ones(EMBED), torch.zeros(EMBED), torch.randn(2, 3, EMBED)
    close_gradient(came, layer_norm(x, ones, zeros, 1e-5), {"x": x}, weights, slug="statistics-detached")


MISTAKES = (
    Mistake(
        "unbiased-variance",
        "the variance is unbiased",
        f"By what do you divide the sum of {EMBED} squares: {EMBED} or {EMBED - 1}? And what do var() and std() do?",
        ({"correction": 1}, {"correction": 1, "eps_at": "outside"}),
    ),
    Mistake(
        "eps-outside-root",
        "eps is added outside the root",
        "Is eps added to the variance or to its root? For small inputs, which of the two is larger?",
        ({"eps_at": "outside"},),
    ),
    Mistake(
        "eps-missing",
        "eps is missing",
        "What is the variance of a token whose numbers are all equal, and what is 0 / 0?",
        ({"fixed_eps": 0.0},),
    ),
    Mistake(
        "eps-ignored",
        "the eps of the constructor is not the one used",
        "Which eps does forward use: the one given to __init__, or a number written into the code?",
        tuple({"fixed_eps": eps} for eps in (1e-5, 1e-6, 1e-12, 1e-8, 1e-3, 1e-4)),
    ),
    Mistake(
        "wrong-axis",
        "it normalises another axis than the last",
        "For x of shape (batch, sequence, embed), which numbers belong to one token?",
        tuple(
            {"axes": lambda dims, axes=axes: tuple(axis for axis in axes if -dims <= axis < dims) or (-1,)}
            for axes in ((0,), (1,), (-2,), (0, 1), (0, -1))
        ),
    ),
    Mistake(
        "all-axes",
        "it normalises over the numbers of several tokens together",
        "What does mean() without dim average over? Should one token know about another?",
        (
            {"axes": lambda dims: tuple(range(dims))},
            {"axes": lambda dims: tuple(range(1, dims)) or (0,)},
            {"axes": lambda dims: (1, -1) if dims > 2 else (-1,)},
            {"axes": lambda dims: (-2, -1) if dims > 1 else (-1,)},
        ),
    ),
    Mistake(
        "no-centring",
        "the mean is not subtracted",
        "What is the mean of each token after your code, for an input with mean 5?",
        ({"centre": False}, {"centre": False, "around_mean": False}),
    ),
    Mistake(
        "no-root",
        "it divides by the variance, not by its root",
        "If x doubles, by how much does the variance grow, and what should happen to the result?",
        ({"spread": lambda variance: variance},),
    ),
    Mistake(
        "no-scaling",
        "it does not divide by the standard deviation",
        "What is the variance of each token after your code, for an input with variance 4?",
        ({"divide": False},),
    ),
    Mistake(
        "mean-of-absolutes",
        "the spread is the mean of absolute values, not of squares",
        "What is squared in a variance?",
        (
            {"deviation": torch.abs, "spread": lambda variance: variance},
            {"deviation": torch.abs},
            {"deviation": torch.abs, "spread": lambda variance: variance, "eps_at": "beside the square"},
        ),
    ),
    Mistake(
        "shift-starts-at-one",
        "the shift starts at 1",
        "A new layer norm should only normalise. Which shift changes nothing?",
        ({"shift_used": lambda shift, scale: shift + 1},),
    ),
    Mistake(
        "scale-starts-at-zero",
        "the scale starts at 0",
        "A new layer norm should only normalise. Which scale changes nothing?",
        ({"scale_used": lambda scale: 0 * scale},),
    ),
    Mistake(
        "shift-before-scale",
        "the shift is added before the scale is applied",
        "Which comes first in the equation: times scale, or plus shift?",
        ({"shift_used": lambda shift, scale: shift * scale},),
    ),
    Mistake(
        "shift-subtracted",
        "the shift is subtracted",
        "Which sign stands before the shift in the equation?",
        ({"shift_used": lambda shift, scale: -shift},),
    ),
    Mistake(
        "scale-unused",
        "the scale is not used",
        "Which line of forward multiplies by the scale?",
        ({"scale_used": lambda scale: torch.ones_like(scale)},),
    ),
    Mistake(
        "shift-unused",
        "the shift is not used",
        "Which line of forward adds the shift?",
        ({"shift_used": lambda shift, scale: torch.zeros_like(shift)},),
    ),
    Mistake(
        "residual-added",
        "the input is added to the result",
        "The block adds x, in lesson 03. What should the layer norm alone return?",
        ({"residual": True},),
    ),
    Mistake(
        "low-precision",
        "it computes in half precision",
        "Which line names float16 or bfloat16, and what does that cost?",
        ({"rounded_to": torch.float16}, {"rounded_to": torch.bfloat16}),
    ),
    Mistake(
        "gradient-not-finite",
        "the gradient of a constant token is not a number",
        "What is the derivative of a square root at 0, and what does eps inside the root do about it?",
    ),
    Mistake(
        "eps-default",
        "eps is not 1e-5 when none is given",
        "Which default does the exercise's signature give to eps?",
    ),
    Mistake(
        "wrong-parameter-count",
        "it has the wrong number of parameters",
        "Which two tensors are learned, and how many numbers has each?",
    ),
    Mistake(
        "not-parameters",
        "scale and shift are not parameters",
        "What must a tensor be wrapped in so that module.parameters() lists it and an optimiser can train it?",
    ),
    Mistake(
        "scalar-scale-shift",
        "there is one scale and one shift for the whole embedding",
        f"How many numbers has one token, and how many of them should be scaled on their own? Here: {EMBED}.",
    ),
    Mistake(
        "statistics-detached",
        "no gradient flows through the mean and the variance",
        "What does x gain from moving the mean? Which line hides that from autograd?",
    ),
)

EXERCISES = (
    Exercise(
        name="GPT2LayerNorm",
        lesson="01_layer_norm",
        form="class",
        properties=(plain, owns_scale_and_shift, starts_as_identity, values, default_eps, gradient),
        mistakes=MISTAKES,
        hints=(
            "Work on one token: its numbers lie along the last axis. What are their mean and their variance, and what "
            "keeps the axis so that x - mean still fits?",
            "normal = (x - mean) / sqrt(variance + eps), with the variance divided by n, not n - 1; the result is "
            "normal * scale + shift. Make scale and shift once, in __init__, as nn.Parameter of shape (embed_size,).",
            "x.mean(dim=-1, keepdim=True) and x.var(dim=-1, keepdim=True, correction=0) are the two statistics; "
            "torch.ones(embed_size) and torch.zeros(embed_size) are where scale and shift start.",
        ),
        shortcuts={"layer_norm": "F.layer_norm"},
    ),
)
