"""How a check treats the learner: clear texts for every kind of bad input, and no trace left behind."""

import contextlib
import functools
import itertools
import random
import threading
import time
from _thread import interrupt_main

import numpy
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention
from gpt2_ref.checks import EXERCISES, Interrupted, NotAttempted, Passed, UnknownExercise, WrongAnswer, examine


def told(answer, exercise: str) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, exercise)
    return caught.value


def norm_that(forward):
    """A right GPT2LayerNorm whose forward is replaced."""

    class Answer(GPT2LayerNorm):
        pass

    Answer.forward = forward
    return Answer


# Finding the exercise


def test_the_exercise_is_found_by_the_answers_own_name():
    assert examine(GPT2LayerNorm) == Passed("GPT2LayerNorm")
    assert examine(MultiHeadSelfAttention) == Passed("MultiHeadSelfAttention")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (nn.LayerNorm, "no exercise is called 'LayerNorm'. Did you mean GPT2LayerNorm?"),
        (lambda: None, "no exercise is called '<lambda>'. Exercises: softmax, "),
        (3, "an object of type int; hand in the function or class itself, not called. Exercises: softmax"),
        (torch.ones(2), "an object of type Tensor; hand in the function or class itself, not called"),
        ("softmax", "hand in the answer itself, without quotes: check(softmax)"),
    ],
)
def test_an_unknown_name_is_told(answer, message):
    with pytest.raises(UnknownExercise) as caught:
        examine(answer)
    assert message in str(caught.value)
    assert isinstance(caught.value, KeyError)
    assert caught.value._render_traceback_() == [str(caught.value)]


# What is told


@pytest.mark.parametrize(
    ("answer", "exercise", "mistake", "words"),
    [
        (GPT2LayerNorm(8), "GPT2LayerNorm", "not-a-class", "an object of type GPT2LayerNorm"),
        ("GPT2LayerNorm", "GPT2LayerNorm", "not-a-class", "an object of type str"),
        (nn.Softmax, "softmax", "not-a-function", "the class Softmax"),
        (lambda scores: print(), "softmax", "returns-none", "returns None"),
        (lambda scores: scores.numpy(), "softmax", "returns-numpy", "type ndarray"),
        (lambda scores: (scores, scores), "softmax", "returns-tuple", "a tuple of 2: Tensor, Tensor"),
        (lambda scores: list(scores), "softmax", "returns-list", "a list of 2: Tensor, Tensor"),
        (lambda scores: (yield scores), "softmax", "returns-generator", "type generator"),
        (lambda scores: 0.5, "softmax", "returns-no-tensor", "type float"),
        (lambda scores: scores.sum(-1), "softmax", "wrong-shape", "shape (2, 3)"),
        (lambda scores: scores * float("nan"), "softmax", "not-finite", "nan"),
        (lambda scores: scores.softmax(-1).half(), "softmax", "changes-dtype", "dtype torch.float16"),
        (lambda scores: scores.softmax(-1).double(), "softmax", "changes-dtype", "dtype torch.float64"),
        (lambda scores: scores.sub_(scores.amax(-1, keepdim=True)).softmax(-1), "softmax", "mutates-input", "before"),
        (lambda scores: (torch.manual_seed(1), scores.softmax(-1))[1], "softmax", "reseeds", "manual_seed(1)"),
        (lambda scores: (torch.set_default_dtype(torch.float16), scores.softmax(-1))[1], "softmax", "changes-default-dtype", "float16"),
        (lambda scores: scores.softmax(-1).detach(), "softmax", "detached", "no gradient"),
        (lambda scores, axis: scores, "softmax", "forward-arguments", "missing a required argument: 'axis'"),
        (lambda: None, "softmax", "forward-arguments", "too many positional arguments"),
        (lambda scores: scores.nonsense, "softmax", "raises", "AttributeError: 'Tensor' object has no attribute 'nonsense'"),
        (lambda scores: exit(), "softmax", "raises", "SystemExit"),
        (lambda scores: F.dropout(scores.softmax(-1)), "softmax", "nondeterministic", "second"),
        (lambda embed_size: nn.LayerNorm(embed_size), "GPT2LayerNorm", "constructor-arguments", "unexpected keyword argument 'eps'"),
        (lambda embed_size, eps=1e-5: 3, "GPT2LayerNorm", "not-a-module", "an object of type int"),
        (norm_that(lambda self, x, mask: x), "GPT2LayerNorm", "forward-arguments", "missing a required argument: 'mask'"),
    ],
)  # fmt: skip
def test_bad_answers_get_their_own_text(answer, exercise, mistake, words):
    wrong = told(answer, exercise)
    assert wrong.mistake == mistake
    assert words in str(wrong)


def test_a_missing_super_init_is_named_with_its_line():
    class GPT2LayerNorm(nn.Module):
        def __init__(self, embed_size, eps=1e-5):
            self.scale = nn.Parameter(torch.ones(embed_size))

    wrong = told(GPT2LayerNorm, "GPT2LayerNorm")
    assert wrong.mistake == "super-init-missing"
    assert "in __init__: self.scale = nn.Parameter" in str(wrong)


def test_an_error_is_shown_at_the_learners_own_line():
    def causal_attention(query, key, value):
        scores = query @ key
        return scores @ value

    wrong = told(causal_attention, "causal_attention")
    line = causal_attention.__code__.co_firstlineno + 1
    assert f"line {line}, in causal_attention: scores = query @ key" in str(wrong)
    assert isinstance(wrong.__cause__, RuntimeError)


def test_an_error_inside_torch_is_shown_at_the_line_that_called_it():
    class Answer(MultiHeadSelfAttention):
        def forward(self, x):
            return self.output(x[..., :3])

    assert "in forward: return self.output(x[..., :3])" in str(told(Answer, "MultiHeadSelfAttention"))


# Blanks


def blank_function(scores):
    raise NotImplementedError


def function_with_a_blank_inside(query, key, value):
    return blank_function(query)


def nothing_but_a_docstring(scores):
    """Probabilities."""


def empty_forward(self, x): ...


class NoForward(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()


@pytest.mark.parametrize(
    ("answer", "exercise", "words"),
    [
        (blank_function, "softmax", "not written yet"),
        (nothing_but_a_docstring, "softmax", "not written yet"),
        (norm_that(empty_forward), "GPT2LayerNorm", "not written yet"),
        (function_with_a_blank_inside, "causal_attention", "in blank_function: raise NotImplementedError"),
        (NoForward, "GPT2LayerNorm", "the class has no forward method yet"),
    ],
)
def test_a_blank_is_not_attempted(answer, exercise, words):
    with pytest.raises(NotAttempted, match="·") as caught:
        examine(answer, exercise)
    assert words in str(caught.value)
    assert caught.value.mistake is None


# More than a name


CELLS = """
import torch
from torch import nn

def causal_attention(query, key, value):
    return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value

class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(embed_size, embed_size) for _ in range(4))
        self.heads = num_heads

    def forward(self, x):
        query, key, value = (f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f in self.layers[:3])
        return self.layers[3](causal_attention(query, key, value).transpose(1, 2).flatten(-2))
"""


def test_the_fault_of_a_part_is_told_as_the_parts():
    notebook = {"__name__": "__main__"}
    exec(CELLS, notebook)
    wrong = told(notebook["MultiHeadSelfAttention"], "MultiHeadSelfAttention")
    assert wrong.title == "the causal_attention that it uses is not right: there is no causal mask"
    assert (wrong.exercise, wrong.mistake) == ("MultiHeadSelfAttention", "no-mask")


PARTS = """
import torch
from torch import nn
from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward

class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.attention = MultiHeadSelfAttention(embed_size, num_heads)
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)
        self.norms = nn.ModuleList([GPT2LayerNorm(embed_size) for _ in range(2)])
    def forward(self, x):
        x = self.norms[0](x + self.attention(x))
        return self.norms[1](x + self.feed_forward(x))

class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocab_size, embed_size), nn.Embedding(context_size, embed_size)
        self.blocks = nn.Sequential(*[GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.last = nn.LayerNorm(embed_size)
    def forward(self, ids):
        x = self.tokens(ids) + self.places.weight[: ids.shape[1]]
        return self.last(self.blocks(x)) @ self.tokens.weight.T
"""


def test_a_part_inside_a_part_is_found_where_a_comprehension_makes_it():
    namespace = {"__name__": __name__}
    exec(PARTS, namespace)
    with pytest.raises(WrongAnswer) as caught:
        examine(namespace["GPT2"])
    assert caught.value.title.startswith("the GPT2Block that it uses is not right:")
    assert caught.value.mistake == "post-norm"


def test_what_a_wrong_answer_printed_is_shown():
    def softmax(scores):
        print("SHAPE", tuple(scores.shape))
        return scores

    assert "printed   SHAPE (2, 3, 5)" in str(told(softmax, "softmax"))

    def talkative(scores):
        print(*range(9), sep="\n")
        return scores

    assert "... and" in str(told(talkative, "softmax")) and "more lines" in str(told(talkative, "softmax"))


def test_a_lost_axis_is_asked_about():
    def softmax(scores):
        return scores.exp() / scores.exp().sum(-1)

    assert "keepdim=True" in told(softmax, "softmax").question


def test_a_result_that_is_nan_is_not_called_a_leak():
    def causal_attention(query, key, value):
        seen = torch.ones(query.shape[-2], query.shape[-2]).tril(-1).bool()
        return (query @ key.mT / 2).masked_fill(~seen, -torch.inf).softmax(-1) @ value

    wrong = told(causal_attention, "causal_attention")
    assert wrong.mistake == "strict-mask"
    assert "? ? ? ? ?    ■ · · · ·" in str(wrong)
    assert "the result of token 0 is not a number" in str(wrong)


# Remarks


def test_a_ready_made_function_is_right_with_a_remark():
    passed = examine(lambda scores: scores.softmax(-1), "softmax")
    assert passed.remarks == ("right; softmax does the whole step: write it out once to see what is inside",)


def test_printing_is_kept_off_the_screen_and_remarked_on(capsys):
    def softmax(scores):
        print("here")
        weights = (scores - scores.amax(-1, keepdim=True)).exp()
        return weights / weights.sum(-1, keepdim=True)

    passed = examine(softmax)
    assert "your code printed" in passed.remarks[0]
    assert capsys.readouterr() == ("", "")


# No trace


def world() -> tuple:
    return (
        torch.get_rng_state().tolist(),
        random.getstate(),
        numpy.random.get_state()[1].tolist(),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.get_num_threads(),
    )


def test_what_an_answer_keeps_on_itself_is_as_before():
    def softmax(scores):
        softmax.calls += 1
        softmax.more = 1
        return scores.softmax(-1)

    class Counting(MultiHeadSelfAttention):
        built = 0

        def __init__(self, *sizes):
            super().__init__(*sizes)
            Counting.built += 1

    softmax.calls = 0
    examine(softmax)
    examine(Counting, "MultiHeadSelfAttention")
    assert softmax.__dict__ == {"calls": 0}
    assert Counting.built == 0


def test_the_caches_of_an_answer_are_as_before():
    masks = {3: torch.ones(3, 3)}
    code = """
import functools, torch

@functools.lru_cache
def mask_of(n):
    return torch.full((n, n), -torch.inf).triu(1)

def causal_attention(query, key, value):
    n = query.shape[-2]
    masks.setdefault(n, mask_of(n))
    return (query @ key.mT / query.shape[-1] ** 0.5 + mask_of(n)).softmax(-1) @ value
"""
    notebook = {"masks": masks}
    exec(code, notebook)
    before = notebook["causal_attention"](*torch.randn(3, 1, 1, 5, 4))
    assert isinstance(examine(notebook["causal_attention"]), Passed)
    assert list(masks) == [3, 5]
    assert notebook["mask_of"](7).dtype == before.dtype == torch.float32


def test_what_a_static_method_remembers_is_forgotten():
    class Remembering(MultiHeadSelfAttention):
        @staticmethod
        @functools.lru_cache
        def mask_of(length):
            return torch.full((length, length), -torch.inf).triu(1)

        def forward(self, x):
            query, key, value = (self.split_heads(f(x)) for f in (self.query, self.key, self.value))
            scores = query @ key.mT / query.shape[-1] ** 0.5 + self.mask_of(x.shape[1])
            return self.output((scores.softmax(-1) @ value).transpose(1, 2).flatten(-2))

    assert isinstance(examine(Remembering, "MultiHeadSelfAttention"), Passed)
    assert Remembering.mask_of.cache_info().currsize == 0


def noisy(scores):
    random.seed(3)
    numpy.random.seed(3)
    torch.rand(3)
    torch.set_grad_enabled(False)
    return scores.softmax(-1)


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode, torch.enable_grad])
@pytest.mark.parametrize(
    "answer",
    [lambda scores: scores.softmax(-1), noisy, lambda scores: torch.manual_seed(1) and scores, lambda scores: 1 / 0],
    ids=["right", "noisy", "reseeds", "raises"],
)
def test_a_check_leaves_no_trace(answer, context):
    torch.manual_seed(11)
    with context():
        before = world()
        with contextlib.suppress(WrongAnswer):
            examine(answer, "softmax")
        assert world() == before


@pytest.mark.parametrize("exercise", [GPT2LayerNorm, MultiHeadSelfAttention])
def test_a_right_answer_passes_whatever_the_world_is(exercise):
    torch.set_default_dtype(torch.float16)
    try:
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            assert isinstance(examine(exercise), Passed)
        assert torch.get_default_dtype() == torch.float16
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("seed", range(3))
def test_the_verdict_does_not_depend_on_the_learners_seed(seed):
    torch.manual_seed(seed)
    assert str(told(lambda scores: scores.exp(), "softmax")) == str(told(lambda scores: scores.exp(), "softmax"))


def test_an_endless_loop_can_be_stopped():
    def softmax(scores):
        torch.set_default_dtype(torch.float16)
        for _ in itertools.count():
            time.sleep(0.01)

    before = world()
    stop = threading.Timer(0.3, interrupt_main)
    stop.start()
    with pytest.raises(Interrupted) as caught:
        examine(softmax)
    assert isinstance(caught.value, KeyboardInterrupt)
    assert "Stopped while your code was running: line" in str(caught.value)
    assert caught.value._render_traceback_() == str(caught.value).splitlines()
    assert world() == before


# Renderings


def test_text_html_and_traceback_say_the_same():
    wrong = told(lambda scores: scores.exp(), "softmax")
    assert wrong._render_traceback_() == str(wrong).splitlines()
    assert str(wrong).startswith("✗ softmax: the rows are not divided by their sum")
    page = wrong._repr_html_()
    assert "✗ softmax: the rows are not divided by their sum" in page
    assert "color: #82071e; background: #ffebe9" in page
    assert "<script" not in told(lambda scores: "<script>", "softmax")._repr_html_()


def test_a_pass_says_so_in_text_and_html():
    passed = Passed("softmax", ("a remark",))
    assert repr(passed) == "✓ softmax\n  note  a remark"
    assert "✓ softmax" in passed._repr_html_()


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_an_exercise_is_a_complete_record(exercise):
    assert len(exercise.hints) == 3
    assert all(exercise.hints)
    slugs = [mistake.slug for mistake in exercise.mistakes]
    assert len(slugs) == len(set(slugs))
    for mistake in exercise.mistakes:
        assert mistake.hint.endswith(("?", ".")), mistake.slug
        assert exercise.mistake(mistake.slug) is mistake
    assert exercise.mistake("no such mistake") is None
