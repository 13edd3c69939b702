"""What the catalogue of answers cannot show of lesson 05: how sure the test of draws is, and what is told."""

import linecache
import math
import random

import numpy
import pytest
import torch

from gpt2_ref import sample_next_token
from gpt2_ref.checks import NotAttempted, Passed, WrongAnswer, examine
from gpt2_ref.checks.generate import (
    SAMPLING_MISTAKES,
    WRITTEN_MISTAKES,
    cases,
    generated,
    rows_of_logits,
    sampled,
    written_cases,
)
from gpt2_ref.checks.generate_draws import FALSE_ALARM, believable, counted, limit, surprise
from gpt2_ref.checks.generate_models import FOLLOWING_MISTAKES, Counting, Refused, continued, texts
from gpt2_ref.checks.generate_oracle import distribution
from gpt2_ref.checks.learner import no_trace


def told(answer, exercise: str) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, exercise)
    return caught.value


def sampler(
    used_up: int = 0, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None, **choices
):
    """An answer that draws from a variant of the oracle, after `used_up` random numbers."""

    def answer(logits, temperature=temperature, top_k=top_k, top_p=top_p):
        torch.rand(used_up)
        chances = distribution(logits, temperature, top_k, top_p, **choices).nan_to_num(0.0)
        nothing_left = chances.sum(dim=-1, keepdim=True) == 0
        return torch.multinomial(chances + nothing_left, 1).squeeze(-1)

    return answer


def writer(used_up: int = 0, temperature: float = 0.7, top_k: int | None = None, **choices):
    """An answer to `generate` that draws with such a sampler."""
    draw = sampler(used_up, **choices)

    @torch.no_grad()
    def answer(model, input_ids, max_length=50, num_return_sequences=1, temperature=temperature, top_k=top_k):
        ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
        while ids.shape[1] < max_length:
            logits = model(ids[:, -model.context_size :])[:, -1]
            k = None if top_k is None else min(top_k, logits.shape[-1])
            ids = torch.cat([ids, draw(logits, temperature, k)[:, None]], dim=1)
        return ids

    return answer


def follower(fed=None, at=None, repeated=None, given=None):
    """An answer to `generate` that goes wrong in the ways of FOLLOWING_MISTAKES."""

    @torch.no_grad()
    def answer(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
        repeat = repeated or (lambda prompts, copies: prompts.repeat_interleave(copies, dim=0))
        ids, prompt_length = repeat(input_ids, num_return_sequences), input_ids.shape[1]
        while ids.shape[1] < max_length:
            seen = fed(ids, model.context_size, prompt_length) if fed else ids[:, -model.context_size :]
            place = at(seen.shape[1], prompt_length) if at else -1
            token = sample_next_token(model(seen)[:, place], temperature, top_k)
            ids = torch.cat([ids, (given(token) if given else token)[:, None]], dim=1)
        return ids

    return answer


def every_variant(mistakes) -> list:
    return [
        pytest.param(mistake.slug, choices, id=f"{mistake.slug}-{number}")
        for mistake in mistakes
        for number, choices in enumerate(mistake.variants)
    ]


# How sure the test of draws is


@pytest.mark.parametrize("used_up", range(1, 21))
def test_right_draws_pass_with_any_random_numbers(used_up):
    assert isinstance(examine(sampler(used_up), "sample_next_token"), Passed)


@pytest.mark.parametrize("used_up", range(1, 11))
def test_right_texts_pass_with_any_random_numbers(used_up):
    assert isinstance(examine(writer(used_up), "generate"), Passed)


@pytest.mark.parametrize(("slug", "choices"), every_variant(SAMPLING_MISTAKES))
def test_a_wrong_distribution_is_named_with_any_random_numbers(slug, choices):
    for used_up in (1, 2):
        assert told(sampler(used_up, **choices), "sample_next_token").mistake == slug


@pytest.mark.parametrize(("slug", "choices"), every_variant(WRITTEN_MISTAKES))
def test_a_wrong_distribution_of_text_is_named_with_any_random_numbers(slug, choices):
    for used_up in (1, 2):
        assert told(writer(used_up, **choices), "generate").mistake == slug


@pytest.mark.parametrize(("slug", "choices"), every_variant(FOLLOWING_MISTAKES))
def test_each_way_of_following_wrongly_is_named(slug, choices):
    assert told(follower(**choices), "generate").mistake == slug


@pytest.mark.parametrize("used_up", (1, 2))
def test_the_two_ways_of_being_half_right_are_told_apart(used_up):
    both = {"cooled": lambda logits, temperature: logits * temperature, "greedy": False}
    wrong = told(
        sampler(used_up, **both, top_k_rule=lambda logits, k: torch.ones_like(logits, dtype=torch.bool)),
        "sample_next_token",
    )
    assert wrong.mistake == "temperature-multiplied"
    assert wrong.title == "the logits are multiplied by the temperature and top_k changes nothing"


def test_the_limit_solves_the_bound():
    chances = torch.tensor([[0.5, 0.3, 0.2, 0.0], [0.7, 0.1, 0.1, 0.1]])
    t, degrees = limit(chances), 5
    assert math.exp(-t) * (math.e * t / degrees) ** degrees == pytest.approx(FALSE_ALARM, rel=1e-4)
    assert FALSE_ALARM <= 1e-9


@pytest.mark.parametrize("number", [3, 20, 200])
def test_the_bound_holds_for_few_draws_and_rare_ids(number):
    """Of 5,000 experiments with right draws, fewer exceed a surprise than the bound allows, also far out."""
    chances = torch.tensor([[0.9, 0.06, 0.03, 0.01]], dtype=torch.float64)
    with no_trace():
        draws = torch.multinomial(chances.expand(5000, -1), number, replacement=True)
        found = torch.tensor([surprise(row[None], chances) for row in counted(draws, 4)])
    for t in (5.0, 8.0, 12.0):
        assert (found >= t).double().mean() <= math.exp(-t) * (math.e * t / 3) ** 3


def test_an_impossible_id_is_never_believed():
    chances = torch.tensor([[0.5, 0.5, 0.0]])
    assert believable(torch.tensor([[30, 34, 0]]), chances)
    assert not believable(torch.tensor([[3000, 3000, 1]]), chances)
    assert not believable(torch.tensor([[64, 0, 0]]), chances)
    assert not believable(torch.tensor([[1, 0, 0]]), torch.tensor([[0.0, 1.0, 0.0]]))


@pytest.mark.parametrize(
    ("mistakes", "tried", "variant"),
    [(SAMPLING_MISTAKES, cases, sampled), (WRITTEN_MISTAKES, written_cases, generated)],
    ids=["sample_next_token", "generate"],
)
def test_every_wrong_distribution_is_far_beyond_the_limit(mistakes, tried, variant):
    """In one case at least, the surprise of exactly average wrong draws is over twice the limit."""
    ordinary = [case for case in tried() if case.slug in (None, "other-defaults")]
    expected = [(case, case.merged(variant(case))) for case in ordinary]
    for mistake in mistakes:
        for choices in mistake.variants:
            far = 0.0
            for case, right in expected:
                wrong = case.merged(variant(case, **choices))
                if wrong.isfinite().all():
                    far = max(far, surprise(case.number * wrong, right) / (limit(right) + 1))
            nearest = 1.4 if mistake.slug == "other-defaults" else 2.0
            assert far > nearest, (mistake.slug, choices)


# The oracle against the reference


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.words}{dict(case.options)}")
def test_the_oracle_is_the_distribution_of_the_reference(case):
    with no_trace():
        ids = sample_next_token(case.rows.double().repeat(20000, 1), **case.options)
        counts = counted(ids.view(20000, -1).T, case.rows.shape[-1])
    assert believable(counts, sampled(case))


def test_the_texts_reach_the_first_and_the_last_id_and_differ_when_cropped():
    for text in texts():
        whole = continued(text)
        assert whole.shape == (len(text.prompts) * text.copies, text.max_length)
        if text.context < text.max_length - 1:
            assert not torch.equal(whole, continued(text, fed=lambda ids, context, prompt_length: ids))
    new = torch.cat([continued(text)[:, text.prompts.shape[1] :].flatten() for text in texts()])
    assert set(new.tolist()) == set(range(11))


# Other ways to draw


def test_an_answer_that_mixes_dtypes_is_right_where_it_works():
    def look_up(logits, temperature=1.0, top_k=None, top_p=None):
        values, ids = logits.sort(dim=-1, descending=True)
        if temperature == 0:
            return ids[:, 0]
        p = (values[:, :top_k] / temperature).softmax(dim=-1)
        if top_p is not None:
            p = p * (p.cumsum(dim=-1) - p < top_p)
            p = p / p.sum(dim=-1, keepdim=True)
        uniform = torch.rand(len(p), 1, dtype=torch.float32)
        place = torch.searchsorted(p.cumsum(dim=-1), uniform).clamp(max=p.shape[-1] - 1)
        return ids.gather(-1, place).squeeze(-1)

    assert isinstance(examine(look_up, "sample_next_token"), Passed)


@pytest.mark.parametrize(
    "draw", [lambda p: random.choices(range(len(p)), p)[0], lambda p: numpy.random.choice(len(p), p=p)]
)
def test_answers_with_other_random_numbers_get_the_same_verdict_again_and_leave_them_as_they_were(draw):
    def slightly_off(logits, temperature=1.0, top_k=None, top_p=None):
        p = (logits.double() * 0.9).softmax(dim=-1)
        return torch.tensor([draw((row / row.sum()).tolist()) for row in p])

    random.seed(3)
    numpy.random.seed(3)
    before = random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    texts_told = {str(told(slightly_off, "sample_next_token")) for _ in range(2)}
    assert len(texts_told) == 1
    assert (random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == before


# What is told


def test_a_wrong_distribution_is_shown_beside_the_right_one():
    lines = str(told(sampler(greedy=True), "sample_next_token")).splitlines()
    assert lines[0] == "✗ sample_next_token: it always takes the most likely token"
    assert lines[1] == "  input     3 rows of logits: 1100 draws from each, here from row 0"
    assert lines[2:6] == [
        "  id             0      1      2      3      4      5      6",
        "  logits       1.2    3.1    0.2    2.4    0.7      2    1.6",
        "  expected       6     43      2     21      4     14     10  percent",
        "  yours          0    100      0      0      0      0      0  percent",
    ]


def test_a_text_that_is_too_long_for_the_model_is_shown_at_the_learners_line():
    def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
        ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
        while ids.shape[1] < max_length:
            ids = torch.cat([ids, model(ids)[:, -1:].argmax(dim=-1)], dim=1)
        return ids

    wrong = told(generate, "generate")
    assert wrong.mistake == "context-overrun"
    assert "the model was given 7 tokens; its context_size is 6" in str(wrong)
    assert "in generate: ids = torch.cat([ids, model(ids)[:, -1:].argmax(dim=-1)], dim=1)" in str(wrong)


def test_following_tokens_are_shown_behind_the_prompt():
    lines = str(told(follower(at=lambda sequence, prompt_length: 0), "generate")).splitlines()
    assert lines[1:5] == [
        "  input     prompts [[3, 1, 4, 1], [9, 2, 6, 5]], max_length=11, temperature=1.0",
        "            and a model with context_size=64 that is sure of each next token",
        "  expected  row 0: 3 1 4 1 | 1 0 3 7 6 0 3",
        "  yours     row 0: 3 1 4 1 | 2 2 2 2 2 2 2",
    ]


def test_a_limit_that_fits_one_row_only_is_asked_about_with_its_line():
    def one_limit(logits, temperature=1.0, top_k=None, top_p=None):
        if temperature == 0:
            return logits.argmax(dim=-1)
        logits = logits / temperature
        if top_k is not None:
            logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1], -torch.inf)
        return logits.softmax(dim=-1).multinomial(1).squeeze(-1)

    wrong = told(one_limit, "sample_next_token")
    assert wrong.mistake == "one-row-only"
    assert "input     660 rows of logits, shape (660, 7), top_k=3" in str(wrong)
    assert "in one_limit: logits = logits.masked_fill" in str(wrong)
    assert "keepdim=True" in wrong.question


@pytest.mark.parametrize(
    ("line", "mistake", "words"),
    [
        ("ids.multinomial(1)", "wrong-shape", "Which axis has to go"),
        ("torch.tensor([ids.multinomial(1).item()])", "one-row-only", "item() and int() make one number"),
        ("ids.multinomial(1).squeeze(-1).float()", "ids-not-whole", "dtype torch.float32"),
        ("ids.multinomial(1).squeeze(-1) + 7", "id-out-of-range", "ids from 0 to 6"),
        ("(ids - 1).multinomial(1).squeeze(-1)", "raises", "numbers below 0 and NaN"),
        ("logits.nonsense", "raises", "AttributeError"),
    ],
)
def test_what_else_comes_back_gets_a_text_of_its_own(line, mistake, words):
    notebook = {"torch": torch}
    code = (
        "def answer(logits, temperature=1.0, top_k=None, top_p=None):\n    ids = logits.softmax(-1)\n    return " + line
    )
    exec(code, notebook)
    wrong = told(notebook["answer"], "sample_next_token")
    assert wrong.mistake == mistake
    assert words in str(wrong)


@pytest.mark.parametrize(
    ("exercise", "answer", "words"),
    [
        ("sample_next_token", lambda logits, temp=1.0, top_k=None, top_p=None: logits.argmax(-1), "'temperature'"),
        ("sample_next_token", lambda logits, top_k=None, temperature=1.0, top_p=None: 0, "in the order temperature, top_k, top_p"),
        ("sample_next_token", lambda logits: logits.argmax(-1), "too many positional arguments"),
        ("generate", lambda model, input_ids, max_new_tokens=50, num_return_sequences=1, temperature=0.7, top_k=None: 0, "'max_length'"),
        ("generate", lambda input_ids, max_length=50: 0, "too many positional arguments"),
    ],
)  # fmt: skip
def test_the_interface_is_held_to_by_name_and_by_order(exercise, answer, words):
    wrong = told(answer, exercise)
    assert wrong.mistake == "forward-arguments"
    assert words in str(wrong)


def test_any_arguments_are_accepted_that_take_those_of_the_exercise():
    assert isinstance(
        examine(lambda *given, **options: sample_next_token(*given, **options), "sample_next_token"), Passed
    )
    assert isinstance(
        examine(lambda logits, *given, **options: sampler(1)(logits, *given, **options), "sample_next_token"), Passed
    )


# A part that is wrong or missing

CELLS = """
import torch

def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    BODY

def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    with torch.no_grad():
        while ids.shape[1] < max_length:
            logits = model(ids[:, -model.context_size:])[:, -1]
            ids = torch.cat([ids, sample_next_token(logits, temperature, top_k)[:, None]], dim=1)
    return ids
"""


def notebook_with(body: str) -> dict:
    notebook, code = {"__name__": "__main__"}, CELLS.replace("BODY", body)
    linecache.cache["a cell"] = (len(code), None, code.splitlines(keepends=True), "a cell")
    exec(compile(code, "a cell", "exec"), notebook)
    return notebook


def test_the_fault_of_sample_next_token_is_told_as_its_own():
    wrong = told(notebook_with("return logits.argmax(dim=-1)")["generate"], "generate")
    assert wrong.title == "the sample_next_token that it uses is not right: it always takes the most likely token"
    assert (wrong.exercise, wrong.mistake) == ("generate", "always-greedy")


@pytest.mark.parametrize("body", ["raise NotImplementedError", "pass", "..."])
def test_a_sample_next_token_that_is_not_written_yet_is_not_attempted(body):
    with pytest.raises(NotAttempted) as caught:
        examine(notebook_with(body)["generate"], "generate")
    assert caught.value.title.endswith("not written yet")


@pytest.mark.parametrize("exercise", ["sample_next_token", "generate"])
def test_a_blank_is_not_attempted(exercise):
    def blank(*given, **options):
        """To be written."""

    with pytest.raises(NotAttempted, match="not written yet"):
        examine(blank, exercise)


# Remarks


def test_what_costs_time_or_memory_is_remarked_on():
    def generate(model, input_ids, max_length=50, num_return_sequences=1, temperature=0.7, top_k=None):
        rows = []
        for prompt in input_ids.repeat_interleave(num_return_sequences, dim=0).split(1):
            while prompt.shape[1] < max_length:
                k = None if top_k is None else int(top_k)
                token = sample_next_token(model(prompt[:, -model.context_size :])[:, -1], temperature, k)
                prompt = torch.cat([prompt, token[:, None]], dim=1)
            rows.append(prompt)
        model.train()
        return torch.cat(rows).int()

    remarks = examine(generate).remarks
    assert remarks == (
        "the ids come as torch.int32; torch.int64 is usual, and every embedding takes it",
        "it calls the model 14 times for 7 new tokens in 2 rows: 7 calls are enough, each for all rows",
        "gradients are on while it writes: under torch.no_grad() it takes less memory",
        "the model was in evaluation mode before and is in training mode afterwards",
    )


def test_the_references_own_answers_pass_without_a_remark():
    assert examine(sample_next_token) == Passed("sample_next_token")
    assert examine(writer(), "generate") == Passed("generate")


# The models that it is tried with


@pytest.mark.parametrize(
    ("ids", "words", "slug"),
    [
        (torch.tensor([1, 2]), "ids of shape (batch, sequence); it was given shape (2,)", None),
        ([[1, 2]], "it was given list", None),
        (torch.zeros(1, 0).long(), "it was given shape (1, 0)", None),
        (torch.tensor([[1.0]]), "it was given torch.float32", "ids-not-whole"),
        (torch.tensor([[11]]), "ids from 0 to 10; it was given 11", "id-out-of-range"),
        (torch.tensor([[0, -1]]), "ids from 0 to 10; it was given -1", "id-out-of-range"),
        (torch.zeros(1, 4).long(), "it was given 4 tokens; its context_size is 3", "context-overrun"),
    ],
)
def test_a_model_refuses_what_a_real_one_cannot_take(ids, words, slug):
    with pytest.raises(Refused) as caught:
        Counting(3)(ids)
    assert words.replace("it was given 4", "the model was given 4") in str(caught.value)
    assert caught.value.slug == slug


def test_a_model_is_causal_and_sure():
    ids = torch.randint(11, (4, 9))
    logits = Counting(9)(ids)
    torch.testing.assert_close(logits[:, :5], Counting(9)(ids[:, :5]))
    assert logits.softmax(dim=-1).amax(dim=-1).min() > 0.999999
    assert logits.requires_grad


def test_rows_of_logits_leave_no_doubt_about_their_order():
    ordered = rows_of_logits().sort(dim=-1).values
    assert (ordered.diff(dim=-1) > 0.2).all()
    for case in cases():
        if (top_p := case.options.get("top_p", 1.0)) < 1:
            limited = distribution(case.rows, case.options.get("temperature", 1.0), case.options.get("top_k"))
            sums = limited.sort(dim=-1, descending=True).values.cumsum(dim=-1)
            assert ((sums - top_p).abs() > 0.005).all(), case
