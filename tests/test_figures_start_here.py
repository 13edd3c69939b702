"""The pictures of lesson 00 say what they show, and the README's picture shows what the checks really say."""

import math

import pytest
import torch
from matplotlib.colors import to_hex

from gpt2_ref import checks
from gpt2_ref.figures import start_here as pictures
from gpt2_ref.figures.canvas import INK, RED, as_html

WORDS = ["mat", "sofa", "roof"]
SCORES = torch.tensor([0.0, math.log(2), math.log(4)])
HALF_DONE = {
    "00_start_here": {"softmax": True},
    "01_layer_norm": {"GPT2LayerNorm": False},
    "02_attention": {"causal_attention": True, "MultiHeadSelfAttention": False},
}


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


# Scores and probabilities


def test_bars_and_words_carry_the_true_numbers():
    drawing = pictures.softmax_bars(lambda scores: scores.softmax(dim=-1), SCORES, WORDS)
    scores, probabilities = drawing.axes
    assert [bar.get_height() for bar in probabilities.patches] == pytest.approx([1 / 7, 2 / 7, 4 / 7])
    assert texts(scores) == ["0", "0.693", "1.39"]
    assert texts(probabilities) == ["0.143", "0.286", "0.571"]
    assert drawing.get_label() == (
        "Scores: mat 0, sofa 0.693, roof 1.39. After softmax: mat 0.143, sofa 0.286, roof 0.571; sums to 1."
    )


@pytest.mark.parametrize(
    ("softmax", "verdict"),
    [
        (lambda scores: scores.softmax(dim=-1), "sums to 1"),
        (lambda scores: scores.exp(), "sums to 7, not 1"),
        (lambda scores: (scores - 1) / (scores - 1).sum(), "negative"),
        (lambda scores: scores * float("nan"), "not finite"),
        (lambda scores: scores + float("inf"), "not finite"),
    ],
)
def test_a_wrong_softmax_shows(softmax, verdict):
    drawing = pictures.softmax_bars(softmax, SCORES, WORDS)
    right = drawing.axes[1]
    assert right.get_title(loc="left") == f"softmax(scores): {verdict}"
    assert to_hex(right._left_title.get_color()) == (INK if verdict == "sums to 1" else RED)
    assert drawing.get_label().endswith(f"{verdict}.")
    assert f"; {verdict}." in as_html(drawing)


@pytest.mark.parametrize(
    ("softmax", "scores", "error", "text"),
    [
        (torch.exp, torch.zeros(2), ValueError, r"shape \(2,\); with 3 words it must be \(3,\)"),
        (torch.exp, torch.zeros(1, 3), ValueError, r"shape \(1, 3\)"),
        (lambda scores: None, SCORES, TypeError, "returned NoneType"),
        (lambda scores: scores.numpy(), SCORES, TypeError, "returned ndarray"),
        (torch.sum, SCORES, ValueError, r"softmax returned shape \(\); scores has \(3,\)"),
    ],
)
def test_bad_input_is_named(softmax, scores, error, text):
    with pytest.raises(error, match=text):
        pictures.softmax_bars(softmax, scores, WORDS)


# The map of the course


def test_the_map_says_what_is_done_and_next():
    assert pictures.progress_map(HALF_DONE).get_label() == (
        "The course as a path of 13 lessons from layer norm to a modern GPT-2. Done: 00_start_here (1 of 1). "
        "Started: 02_attention (1 of 2). Next: 01_layer_norm (0 of 1)."
    )


def test_every_lesson_is_drawn_with_its_state():
    said = texts(pictures.progress_map(HALF_DONE).axes[0])
    boxes = {said[place]: said[place + 1] for place in range(0, len(said), 4)}
    assert boxes == {"00": "✓", "01": "next", "02": "started"} | {f"{number:02}": "coming" for number in range(3, 13)}
    assert said[2::4] == [stop.title for stop in pictures.STOPS.values()]


def test_nothing_and_everything_done():
    assert "Done" not in pictures.progress_map({}).get_label()
    everything = pictures.progress_map({lesson: {"all": True} for lesson in pictures.STOPS})
    assert everything.get_label().count("(1 of 1)") == 13
    assert "Next" not in everything.get_label()


def test_no_two_boxes_share_a_place_and_arrows_lead_onward():
    stops = pictures.STOPS
    assert len({(stop.column, stop.row) for stop in stops.values()}) == len(stops)
    assert all(
        need < lesson and stops[need].column <= stop.column for lesson, stop in stops.items() for need in stop.needs
    )


def test_every_lesson_of_the_checks_is_on_the_map():
    assert {exercise.lesson for exercise in checks.EXERCISES.values()} <= set(pictures.STOPS)


def test_a_lesson_that_is_not_on_the_map_is_named():
    with pytest.raises(ValueError, match=r"'13_alibi'.*12_look_inside"):
        pictures.progress_map({"13_alibi": {"alibi": False}})


# The README's picture


def answer(source: str) -> type:
    namespace = {"torch": torch, "nn": torch.nn}
    exec(source, namespace)
    return namespace["GPT2LayerNorm"]


def test_the_opening_picture_shows_what_the_check_says():
    with pytest.raises(checks.WrongAnswer) as wrong:
        checks.examine(answer(pictures.ANSWER))
    said = str(wrong.value).splitlines()
    assert said == [*pictures.WRONG.splitlines(), '  stuck?    hint("GPT2LayerNorm")']
    assert repr(checks.examine(answer(pictures.ANSWER.replace(pictures.MISTAKE, pictures.REMEDY)))) == pictures.RIGHT


def test_its_heatmap_is_causal_attention():
    weights = pictures.sentence_weights(pictures.SENTENCE)
    assert torch.equal(weights, weights.tril())
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(len(weights)))
    words = pictures.SENTENCE.split()
    assert words[weights[words.index("cat", 2)].argmax()] == "cat"


def test_the_stored_picture_is_current(request):
    from PIL import Image

    with Image.open(request.config.rootpath / "docs" / "picture.png") as stored:
        assert stored.width == 1400
        assert stored.text["Description"] == pictures.opening_in_words(), (
            "run: python -m gpt2_ref.figures.start_here docs/picture.png"
        )


def test_the_command_writes_the_picture(tmp_path, capsys):
    target = tmp_path / "a picture.png"
    assert pictures.main([str(target)]) == 0
    assert 20_000 < target.stat().st_size < 200_000
    assert pictures.main([]) == 2
    assert "OUTPUT.png" in capsys.readouterr().err
