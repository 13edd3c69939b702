"""The first exercise of lesson 04: GPT2OutputLayer."""

from collections.abc import Iterator

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
)
from gpt2_ref.checks.gpt2_oracle import OUTPUT_MISTAKES, output_logits
from gpt2_ref.checks.gpt2_trial import LogitsTrial
from gpt2_ref.checks.learner import Trial, Wrong, no_trace
from gpt2_ref.checks.roles import flat, randomise, trained

EMBED, VOCAB = 8, 13


def built(trial: Trial, embed_size: int = EMBED, vocab_size: int = VOCAB) -> tuple[LogitsTrial, nn.Module]:
    """The learner's layer, called once, in case it makes its parameters then."""
    trial = LogitsTrial.of(trial, vocab_size)
    module = trial.construct(embed_size, vocab_size)
    trial.call(module, torch.randn(2, 3, embed_size))
    return trial, module


def plain(trial: Trial) -> None:
    """Build it and call it in float32, as the learner would."""
    with no_trace(torch.float32):
        module = trial.build(EMBED, VOCAB)
        LogitsTrial.of(trial, VOCAB).call(module, torch.randn(2, 3, EMBED))


def right_size(trial: Trial) -> None:
    """One learnable number for each pair of an embedding place and a token."""
    trial, module = built(trial)
    numbers = len(flat(module)) if trained(module) else 0
    full = EMBED * VOCAB
    if numbers == full:
        return
    shapes = ", ".join(f"{name} {tuple(p.shape)}" for name, p in module.named_parameters()) or "no parameter"
    tables = sum(parameter.dim() > 1 for parameter in trained(module))
    slug = {0: "not-parameters", full + VOCAB: "output-bias", full + 2 * EMBED: "norm-inside"}.get(numbers)
    if slug is None:
        slug = "hidden-layer" if tables > 1 else "wrong-parameter-count"
    expected = f"{VOCAB} x {EMBED} = {full} learnable numbers for embed_size {EMBED} and vocab_size {VOCAB}"
    raise Wrong(slug, expected=expected, yours=f"{numbers}: {shapes}")


def values(trial: Trial) -> None:
    """Equal to x @ weight.T with the layer's own weights, whichever way they lie, for any number of axes."""
    for embed_size, vocab_size in ((EMBED, VOCAB), (12, 5), (1, 4)):
        inner, module = built(trial, embed_size, vocab_size)
        randomise(module, 0.6, torch.Generator().manual_seed(0))
        tried = probes(embed_size)
        weight = likeliest(inner, module, tried[0].inputs[0], vocab_size)

        def variant(tried: list[Probe] = tried, weight: Tensor = weight, **choices) -> Iterator[Tensor]:
            return (output_logits(*probe.inputs, weight, **choices) for probe in tried)

        judge(inner, module, tried, variant, OUTPUT_MISTAKES, module=module)


def probes(embed_size: int) -> list[Probe]:
    def drawn(*shape: int) -> Probe:
        return Probe(f"x of shape {(*shape, embed_size)}, drawn from N(0, 1)", (torch.randn(*shape, embed_size),))

    return [drawn(2, 3), drawn(4, 7), drawn(1, 1), drawn(5), drawn(2, 3, 4), drawn()]


def likeliest(trial: LogitsTrial, module: nn.Module, x: Tensor, vocab_size: int) -> Tensor:
    """The weights (vocab, embed) as the parameters hold them; of several readings, one that explains the result."""
    embed_size = x.shape[-1]
    came = trial.call(module, x).detach()
    readings = []
    for parameter in trained(module):
        table = parameter.detach().squeeze() if parameter.dim() > 2 else parameter.detach()
        if table.shape == (vocab_size, embed_size):
            readings.append(table)
        if table.shape == (embed_size, vocab_size):
            readings.append(table.T)
    if not readings:
        # Any other form, a list of vectors say, is right as long as every number has one place of its own.
        nothing = torch.zeros(1, 1, embed_size)
        by_place = trial.call(module, torch.eye(embed_size)[None]) - trial.call(module, nothing)
        if all_close(by_place.flatten().sort().values, flat(module).sort().values):
            return by_place[0].T.detach()
        readings = [flat(module).view(vocab_size, embed_size), flat(module).view(embed_size, vocab_size).T]
    for weight in readings:
        if all_close(came, output_logits(x, weight)):
            return weight

    for weight in readings:

        def variant(weight: Tensor = weight, **choices) -> Iterator[Tensor]:
            yield output_logits(x, weight, **choices)

        if diagnose([came], variant, OUTPUT_MISTAKES, 0):
            return weight
    return readings[0]


def gradient(trial: Trial) -> None:
    """The gradient reaches x and the weights."""
    trial, module = built(trial)
    x = torch.randn(2, 3, EMBED, requires_grad=True)
    came = trial.call(module, x)
    gradient_reaches(came, {"x": x, **{name: p for name, p in module.named_parameters() if p.requires_grad}})
    weight = likeliest(trial, module, x.detach(), VOCAB)
    close_gradient(came, output_logits(x, weight), {"x": x}, torch.randn(2, 3, VOCAB))


OUTPUT_LAYER = Exercise(
    name="GPT2OutputLayer",
    lesson="04_gpt2",
    form="class",
    properties=(plain, right_size, values, gradient),
    mistakes=(
        *OUTPUT_MISTAKES,
        Mistake(
            "output-bias",
            "it has a bias",
            "How many numbers has a weight for every pair of a token and an embedding place, and how many has yours?",
        ),
        Mistake(
            "not-parameters",
            "it has no parameters",
            "What must a tensor be wrapped in so that module.parameters() lists it and an optimiser can train it?",
        ),
        Mistake(
            "hidden-layer",
            "there is another layer with weights beside the one asked for",
            "The blocks have done the thinking. How many matrices lie between the last embedding and the logits?",
        ),
        Mistake(
            "wrong-parameter-count",
            "it has the wrong number of parameters",
            "One score for each token of the vocabulary, from each number of the embedding: how many weights are that?",
        ),
        Mistake(
            "last-token-only",
            "only the last token gets logits",
            "Training learns from every position. What shape do the logits have when each token gets its own?",
        ),
        Mistake(
            "picks-a-token",
            "it returns a choice of tokens, not their scores",
            "Which lesson chooses the next token, and what does it need from this layer?",
        ),
    ),
    hints=(
        "Every token of the text has an embedding of embed_size numbers. Every token of the vocabulary needs a score. "
        "Which single layer makes the one from the other?",
        "logits = x @ weight.T with a weight of shape (vocab_size, embed_size): row v scores token v. No bias, and no "
        "softmax: whoever uses the logits decides what to do with them.",
        "nn.Linear(in_features, out_features, bias=False) keeps its weight as (out_features, in_features), which is "
        "the shape of a token embedding as well.",
    ),
)
