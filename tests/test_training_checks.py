"""What the catalogue cannot show about the checks of lesson 11: every variant's name, what is told, what is left."""

import contextlib
import math
import time

import pytest
import torch
import torch.nn.functional as F

from gpt2_ref.checks import NotAttempted, Passed, WrongAnswer, examine
from gpt2_ref.checks.engine import all_close
from gpt2_ref.checks.learner import no_trace
from gpt2_ref.checks.training_loss import probes
from gpt2_ref.checks.training_loss_oracle import LOSS_MISTAKES, cross_entropy
from gpt2_ref.checks.training_rate_mistakes import RATE_MISTAKES
from gpt2_ref.checks.training_rate_oracle import PLANS, Plan, rates, scheduled
from gpt2_ref.checks.training_setups import SETUPS, Small, flat
from gpt2_ref.checks.training_step_mistakes import STEP_MISTAKES
from gpt2_ref.checks.training_step_oracle import one_step, rehearsed, scales_of


def told(answer, exercise: str) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, exercise)
    return caught.value


def loss_where(**choices):
    """An answer that goes wrong in the ways of LOSS_MISTAKES."""
    return lambda logits, targets: cross_entropy(logits, targets, **choices)


def step_where(default: float = 1.0, **choices):
    """An answer that goes wrong in the ways of STEP_MISTAKES."""

    def answer(model, optimizer, input_ids, targets, max_norm=default):
        return one_step(model, optimizer, input_ids, targets, max_norm, **choices).item()

    return answer


def rate_where(**choices):
    """An answer that goes wrong in the ways of RATE_MISTAKES."""

    def answer(step, num_steps, warmup_steps, peak, final=0.0):
        return scheduled(step, Plan(num_steps, warmup_steps, peak, final), **choices)

    return answer


def every_variant(mistakes) -> list:
    return [
        pytest.param(mistake.slug, choices, id=f"{mistake.slug}-{number}")
        for mistake in mistakes
        for number, choices in enumerate(mistake.variants)
    ]


# Every variant


@pytest.mark.parametrize(("slug", "choices"), every_variant(LOSS_MISTAKES))
def test_each_wrong_loss_is_named(slug, choices):
    assert told(loss_where(**choices), "cross_entropy").mistake == slug


@pytest.mark.parametrize(("slug", "choices"), every_variant(STEP_MISTAKES))
def test_each_wrong_step_is_named(slug, choices):
    assert told(step_where(**choices), "train_step").mistake == slug


@pytest.mark.parametrize(("slug", "choices"), every_variant(RATE_MISTAKES))
def test_each_wrong_schedule_is_named(slug, choices):
    assert told(rate_where(**choices), "learning_rate").mistake == slug


@pytest.mark.parametrize(
    ("answer", "exercise"),
    [(loss_where(), "cross_entropy"), (step_where(), "train_step"), (rate_where(), "learning_rate")],
)
def test_the_oracles_pass(answer, exercise):
    assert isinstance(examine(answer, exercise), Passed)


# The oracles against torch


def test_the_loss_is_that_of_torch():
    with no_trace():
        for probe in probes():
            logits, targets = probe.inputs
            expected = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
            torch.testing.assert_close(cross_entropy(logits, targets), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("number", range(len(SETUPS)), ids=[setup.words for setup in SETUPS])
def test_the_steps_are_those_of_torch(number):
    setup = SETUPS[number]
    with no_trace():
        model, optimizer = setup.build()
        for (ids, targets), wanted in zip(setup.batches(), rehearsed(setup, [1.0] * 3), strict=False):
            before = flat(model)
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids).transpose(1, 2), targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0 if setup.max_norm is None else setup.max_norm)
            optimizer.step()
            assert all_close(torch.cat([loss.detach()[None], flat(model) - before]), wanted)


def test_the_setups_clip_and_do_not_clip():
    """Both kinds occur, none of them by a hair, and every setup moves something in every call."""
    with no_trace():
        ratios = []
        for number, setup in enumerate(SETUPS):
            assert min(scales_of(number, torch.float64)) > 1e-5
            model, _ = setup.build()
            ids, targets = next(setup.batches())
            model.zero_grad()
            cross_entropy(model(ids), targets).backward()
            norm = math.sqrt(sum(p.grad.square().sum().item() for p in model.parameters() if p.grad is not None))
            ratios.append(norm / (setup.max_norm or 1.0))
    assert any(ratio > 2 for ratio in ratios) and any(ratio < 0.5 for ratio in ratios)
    assert all(abs(math.log(ratio)) > 0.2 for ratio in ratios), ratios


def test_the_schedule_meets_its_corners():
    for plan in PLANS:
        by_step = dict(zip(plan.steps, rates(plan).tolist(), strict=True))
        assert by_step[max(plan.warmup_steps - 1, 0)] == pytest.approx(1.0)
        assert by_step[plan.warmup_steps] == pytest.approx(1.0)
        assert by_step[plan.num_steps] == by_step[10 * plan.num_steps] == pytest.approx((plan.final or 0) / plan.peak)


def test_a_small_model_is_causal():
    with no_trace():
        model, ids = Small(), torch.tensor([[1, 2, 3, 4]])
        torch.testing.assert_close(model(ids)[:, :2], model(ids[:, :2]))


# What is told


def test_a_wrong_loss_is_told_with_both_numbers():
    lines = str(told(loss_where(after=lambda loss: loss), "cross_entropy")).splitlines()
    assert lines[0] == "✗ cross_entropy: the sign is wrong"
    assert lines[1] == "  input     logits of shape (2, 3, 5), drawn from N(0, 1); targets of shape (2, 3)"
    assert lines[2:4] == ["  expected  2.1582", "  yours     -2.1582"]


def test_two_mistakes_in_a_loss_are_both_told():
    wrong = told(
        lambda logits, targets: logits.log_softmax(-1).gather(-1, targets.unsqueeze(-1)).sum(), "cross_entropy"
    )
    assert "the sign is wrong" in wrong.title and "added up" in wrong.title


def test_a_wrong_step_is_told_with_loss_and_length():
    text = str(told(step_where(clip=lambda gradients, max_norm: None), "train_step"))
    assert "step 1, batch of shape (3, 5), SGD(lr=0.5), max_norm=0.1" in text
    assert "all parameters together move by 0.05" in text


def clips_too_early(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    loss = F.cross_entropy(model(input_ids).transpose(1, 2), targets)
    loss.backward()
    optimizer.step()
    return loss.item()


def test_who_clips_too_early_is_asked_when():
    assert "You do clip." in told(clips_too_early, "train_step").question
    assert "You do clip." not in told(step_where(clip=lambda gradients, max_norm: None), "train_step").question


def test_a_parameter_that_moves_in_another_way_is_named():
    def bias_stays(model, optimizer, input_ids, targets, max_norm=1.0):
        before = model.bias.detach().clone()
        loss = one_step(model, optimizer, input_ids, targets, max_norm)
        model.bias.data.copy_(before)
        return loss.item()

    wrong = told(bias_stays, "train_step")
    assert wrong.mistake is None
    assert "bias[0] = " in str(wrong) and "is the right move" in str(wrong)


def test_rates_are_shown_around_the_first_wrong_step():
    lines = str(told(rate_where(until=lambda warmup: warmup + 1), "learning_rate")).splitlines()
    assert lines[0] == "✗ learning_rate: the warm-up goes on for one step and rises above the peak"
    assert lines[1:5] == [
        "  input     num_steps=20, warmup_steps=5, peak=0.001, final=0.0001",
        "  step               3          4          5          6          7          8",
        "  expected      0.0008      0.001      0.001  0.0009902  0.0009611  0.0009141",
        "  yours         0.0008      0.001     0.0012  0.0009902  0.0009611  0.0009141",
    ]


def test_errors_are_shown_at_the_learners_line():
    def divides(step, num_steps, warmup_steps, peak, final=0.0):
        return (1 / warmup_steps) * warmup_steps * rate_where()(step, num_steps, warmup_steps, peak, final)

    def not_flattened(model, optimizer, input_ids, targets, max_norm=1.0):
        return F.cross_entropy(model(input_ids), targets)

    assert "in not_flattened: return F.cross_entropy" in str(told(not_flattened, "train_step"))
    assert "Which axis of the logits holds the vocabulary" in told(not_flattened, "train_step").question
    assert told(divides, "learning_rate").mistake == "no-warm-up-fails"
    assert "ZeroDivisionError" in str(told(divides, "learning_rate"))


@pytest.mark.parametrize(
    ("exercise", "answer", "words"),
    [
        ("cross_entropy", lambda logits: logits.sum(), "too many positional arguments"),
        ("train_step", lambda model, optimizer, input_ids, targets, clip=1.0: 0.0, "'max_norm'"),
        ("learning_rate", lambda step, num_steps, warmup_steps, peak, lowest=0.0: 0.0, "'final'"),
    ],
)
def test_the_interface_is_held_to(exercise, answer, words):
    wrong = told(answer, exercise)
    assert wrong.mistake == "forward-arguments"
    assert words in str(wrong)


def wrong_loss(logits, targets):
    return F.cross_entropy(logits.softmax(-1).transpose(1, 2), targets)


STEP_WITH_OWN_LOSS = """
def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    optimizer.zero_grad()
    loss = cross_entropy(model(input_ids), targets)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss
"""


def test_a_wrong_cross_entropy_in_a_step_is_told_as_such():
    notebook = {"torch": torch, "cross_entropy": wrong_loss}
    exec(STEP_WITH_OWN_LOSS, notebook)
    wrong = told(notebook["train_step"], "train_step")
    assert wrong.mistake == "softmax-twice"
    assert "the cross_entropy that it uses is not right" in wrong.title


# Remarks


def remarks(answer, exercise: str) -> str:
    return "\n".join(examine(answer, exercise).remarks)


def test_the_ready_made_loss_is_right_with_a_remark():
    def ready_made(logits, targets):
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))

    text = remarks(ready_made, "cross_entropy")
    assert "right; F.cross_entropy does the whole step" in text
    assert "reshape takes them, view does not" in text
    assert "F.cross_entropy" not in remarks(loss_where(), "cross_entropy")


def test_a_loss_that_holds_its_graph_is_right_with_a_remark():
    notebook = {"torch": torch, "cross_entropy": cross_entropy}
    exec(STEP_WITH_OWN_LOSS, notebook)
    assert "still holds the graph" in remarks(notebook["train_step"], "train_step")


def test_an_infinite_limit_that_goes_wrong_is_a_remark():
    def scale(gradients, max_norm):
        norm = math.sqrt(sum(gradient.square().sum().item() for gradient in gradients))
        for gradient in gradients:
            gradient *= max_norm / max(norm, max_norm)

    assert "max_norm=inf" in remarks(step_where(clip=scale), "train_step")
    assert remarks(step_where(), "train_step") == ""


def test_a_rate_in_a_tensor_is_right_with_a_remark():
    assert "a plain number" in remarks(
        lambda *given, **named: torch.tensor(rate_where()(*given, **named)), "learning_rate"
    )


# Blanks, and what is left behind


@pytest.mark.parametrize("exercise", ["cross_entropy", "train_step", "learning_rate"])
def test_blanks_are_not_attempted(exercise):
    def blank(*given, **named):
        raise NotImplementedError

    def empty(*given, **named): ...

    for answer in (blank, empty):
        with pytest.raises(NotAttempted):
            examine(answer, exercise)


@pytest.mark.parametrize(
    ("answer", "exercise"),
    [
        (loss_where(), "cross_entropy"),
        (step_where(), "train_step"),
        (step_where(zero="never"), "train_step"),
        (rate_where(), "learning_rate"),
    ],
)
def test_no_trace_is_left_and_the_verdict_is_the_same_again(answer, exercise):
    def verdict() -> str:
        try:
            return str(examine(answer, exercise))
        except WrongAnswer as wrong:
            return str(wrong)

    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = verdict()
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_default_dtype() == torch.float32 and torch.is_grad_enabled()
    torch.rand(3)
    with torch.no_grad():
        assert verdict() == first
        assert not torch.is_grad_enabled()


@pytest.mark.parametrize(
    "choices", [{}, {"zero": "never", "clip": lambda gradients, max_norm: None}, {"told": lambda **_: 7.0}]
)
def test_a_check_of_a_step_is_quick(choices):
    answer = step_where(**choices)
    began = time.process_time()
    with contextlib.suppress(WrongAnswer):
        examine(answer, "train_step")
    assert time.process_time() - began < 2.0
