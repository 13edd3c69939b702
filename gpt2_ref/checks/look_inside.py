"""Lesson 12: attention_pattern, induction_score and logit_lens."""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from gpt2_ref.checks.engine import Exercise, Mistake
from gpt2_ref.checks.learner import Trial, no_trace
from gpt2_ref.checks.look_inside_induction import SCORE_MISTAKES, score_of
from gpt2_ref.checks.look_inside_lens import LENS_MISTAKES, lens_of
from gpt2_ref.checks.look_inside_models import Case, Sizes, judge_cases, random_model
from gpt2_ref.checks.look_inside_oracle import keeping_streams, pattern_of
from gpt2_ref.checks.look_inside_weights import PATTERN_MISTAKES
from gpt2_ref.checks.named_by_guess import Likely
from gpt2_ref.model import GPT2

# What the answers are tried on

SMALL = Sizes(vocab=19, embed=12, heads=3, hidden=20, layers=3, context=11)
OTHERS = (
    Sizes(vocab=14, embed=10, heads=2, hidden=17, layers=2, context=9),
    Sizes(vocab=23, embed=24, heads=4, hidden=13, layers=4, context=8),
)


def models() -> list[tuple[Sizes, GPT2]]:
    """Models of three sizes, in training or evaluation mode; hooks of somebody else are on the first."""
    small, *others = (random_model(sizes) for sizes in (SMALL, *OTHERS))
    small.blocks[0].register_forward_hook(unobtrusive)
    small.blocks[1].attention.register_forward_pre_hook(unobtrusive)
    return [(SMALL, small), (OTHERS[0], others[0].eval()), (OTHERS[1], others[1])]


def unobtrusive(*_: object) -> None:
    """A hook that changes nothing."""


def texts(sizes: Sizes, batch: int, length: int) -> Tensor:
    return torch.randint(sizes.vocab, (batch, length))


def pattern_cases() -> list[Case]:
    (sizes, small), (other_sizes, other), (deep_sizes, deep) = models()
    sharp = random_model(SMALL, sharpness=40.0)

    def case(sizes: Sizes, model: GPT2, shape: tuple[int, int], layer: int, slug: str | None = None) -> Case:
        words = f"a {sizes.words()} with random weights, ids of shape {shape}, layer {layer}"
        return Case(words, (model, texts(sizes, *shape), layer), slug)

    return [
        case(sizes, small, (2, 7), 1),
        case(sizes, small, (2, 7), 2),
        case(sizes, small, (4, 5), 0),
        case(other_sizes, other, (1, 9), 1),
        case(other_sizes, other, (3, 1), 1),
        case(deep_sizes, deep, (2, 8), 3),
        case(deep_sizes, deep, (1, 1), 0),
        case(sizes, sharp, (2, 8), 1, "large-scores"),
    ]


def lens_cases() -> list[Case]:
    (sizes, small), (other_sizes, other), (deep_sizes, deep) = models()

    def case(sizes: Sizes, model: GPT2, shape: tuple[int, int]) -> Case:
        words = f"a {sizes.words()} with random weights, ids of shape {shape}"
        return Case(words, (model, texts(sizes, *shape)), batch_axis=1)

    return [
        case(sizes, small, (2, 7)),
        case(other_sizes, other, (1, 9)),
        case(sizes, small, (4, 1)),
        case(deep_sizes, deep, (2, 8)),
        case(deep_sizes, deep, (1, 1)),
    ]


PATTERNS = (
    ((2, 3), 13, 5),
    ((3,), 12, 4),
    ((4, 2), 8, 4),
    ((2, 2, 3), 11, 3),
    ((), 6, 2),
    ((2, 4, 3), 7, 6),
    ((5,), 9, 1),
    ((), 2, 1),
)
"""Leading axes and length of patterns, and the period."""


def score_cases() -> list[Case]:
    def case(leading: Sequence[int], length: int, period: int) -> Case:
        scores = 2 * torch.randn(*leading, length, length)
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        pattern = scores.masked_fill(future, -torch.inf).softmax(dim=-1)
        words = f"a pattern of shape {tuple(pattern.shape)}, period {period}"
        extreme = not leading or period == 1 or length == period + 1
        return Case(words, (pattern, period), texts=0, batch_axis=0 if leading else None, extreme=extreme)

    return [case(*sizes) for sizes in PATTERNS]


# What is asked

FREQUENT = (
    *("no-mask", "scale-missing", "norm-missing", "positions-missing", "mean-over-heads"),
    "final-norm-missing",
    *("heads-averaged", "sum-instead-of-mean"),
)
"""Mistakes that are tried together with every other one."""


def values(
    new_oracle: Callable[[], Callable[..., Tensor]], cases: Callable[[], list[Case]], mistakes: Sequence[Mistake]
) -> Callable:
    """The property that an answer gives what the oracle gives."""
    likely = Likely(mistakes, FREQUENT)

    def judge(trial: Trial, number: int | None = None) -> None:
        tried, oracle = cases()[:number], new_oracle()

        def answers(cases: Sequence[Case], **choices: object) -> Iterator[Tensor]:
            likely.require(choices)
            with torch.no_grad():
                for case in cases:
                    yield oracle(*case.inputs, **choices)

        judge_cases(trial, tried, answers, mistakes)

    return judge


def in_both_precisions(judge: Callable) -> tuple[Callable[[Trial], None], ...]:
    """The property in the world of the check, and in float32 as the learner would call the function."""

    def as_called(trial: Trial) -> None:
        """Right in float32, as the learner would call it."""
        with no_trace(torch.float32):
            judge(trial, 3)

    return judge, as_called


# The mistakes that leave something behind

LEFT_BEHIND = (
    Mistake(
        "hooks-left",
        "a hook stays on the model",
        "Whoever runs the model next runs your hook as well. Which method of a hook's handle ends it, and is it "
        "called even if an error comes in between?",
    ),
    Mistake(
        "model-changed",
        "the model is not as it was",
        "The same model goes on working after you have looked into it. Which line writes into it?",
    ),
    Mistake(
        "patch-left",
        "a function that was replaced is not put back",
        "Everybody else uses that function too. Where do you give it back, even after an error?",
    ),
)


def exercise(name: str, judge: Callable, mistakes: Sequence[Mistake], hints: tuple[str, str, str]) -> Exercise:
    return Exercise(
        name=name,
        lesson="12_look_inside",
        form="function",
        properties=in_both_precisions(judge),
        mistakes=tuple(mistakes),
        hints=hints,
    )


EXERCISES = (
    exercise(
        "attention_pattern",
        values(lambda: keeping_streams(pattern_of), pattern_cases, PATTERN_MISTAKES),
        (*PATTERN_MISTAKES, *LEFT_BEHIND),
        (
            "You have written these weights before, inside your attention: where in it are they made, and what "
            "goes into it? Now they come from a model that is ready: first you need what its block number `layer` "
            "reads.",
            "The stream before block `layer`: token vectors plus position vectors, then through the blocks before it. "
            "Then this block's attention_norm, its attention's query and key, heads, scaled scores, mask, softmax.",
            "x = model.token_embedding(input_ids) + model.position_embedding.weight[:input_ids.shape[1]]; for block in "
            "model.blocks[:layer]: x = block(x). attention = model.blocks[layer].attention has the layers query and "
            "key and the number head_size; unflatten(-1, (-1, attention.head_size)).transpose(1, 2) splits the heads.",
        ),
    ),
    exercise(
        "induction_score",
        values(lambda: score_of, score_cases, SCORE_MISTAKES),
        SCORE_MISTAKES,
        (
            "Take the text a b c a b c, period 3. The second a stands at 3. Where is its twin, and where is what "
            "followed the twin?",
            "Only queries from `period` on have a twin. For query i the key is i - period + 1. Take these entries of "
            "the pattern for all queries at once, and their mean.",
            "i = torch.arange(period, pattern.shape[-1]) are the queries. pattern[..., i, i - period + 1] takes one "
            "entry for each of them; the mean runs over that last axis alone.",
        ),
    ),
    exercise(
        "logit_lens",
        values(lambda: keeping_streams(lens_of), lens_cases, LENS_MISTAKES),
        (*LENS_MISTAKES, *LEFT_BEHIND),
        (
            "The model reads its stream once, after the last block: how? Do the same after every block, and once "
            "before the first.",
            "Keep the stream in a list: the embeddings first, then what each block leaves. Every one of them goes "
            "through the last layer norm and the output layer.",
            "model.output(model.final_norm(x)) reads a stream x. Begin with the list [x] of the embeddings, append x "
            "after each block of model.blocks, and torch.stack the logits of all of them.",
        ),
    ),
)
