"""The pictures of lesson 05 describe themselves with the true numbers, for right answers and wrong ones."""

import io

import pytest
import torch

from gpt2_ref.figures import generate as pictures
from gpt2_ref.model import generation
from gpt2_ref.model.generation import sample_next_token

WORDS = ["kite", "ball", "hat", "car", "sun"]


@pytest.fixture
def logits():
    """The probabilities are 16, 8, 4, 2 and 1 of 31."""
    return torch.tensor([16.0, 8.0, 4.0, 2.0, 1.0]).log()


def generate(model, input_ids, max_length, num_return_sequences, temperature):
    return generation.generate(model, input_ids, max_length, num_return_sequences, temperature, progress=False)


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


# The exact probabilities


@pytest.mark.parametrize(
    ("dials", "expected"),
    [
        ({}, [16, 8, 4, 2, 1]),
        ({"temperature": 0.5}, [256, 64, 16, 4, 1]),
        ({"temperature": 0}, [1, 0, 0, 0, 0]),
        ({"top_k": 3}, [16, 8, 4, 0, 0]),
        ({"top_k": 99}, [16, 8, 4, 2, 1]),
        ({"top_p": 0.8}, [16, 8, 4, 0, 0]),
        ({"top_p": 0.77}, [16, 8, 0, 0, 0]),
        ({"top_p": 0.01}, [1, 0, 0, 0, 0]),
        ({"top_p": 1}, [16, 8, 4, 2, 1]),
        ({"top_k": 3, "top_p": 0.8}, [16, 8, 0, 0, 0]),
        ({"temperature": 0.5, "top_k": 3, "top_p": 0.9}, [256, 64, 0, 0, 0]),
    ],
)
@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [3, 1, 4, 0, 2]])
def test_exact_probabilities(dials, expected, order, logits):
    expected = torch.tensor(expected, dtype=torch.float64)[order]
    found = pictures.exact(logits[order], **dials)
    assert torch.allclose(found, expected / expected.sum(), rtol=0, atol=1e-6)
    assert torch.equal(found == 0, expected == 0)


def test_exact_refuses_what_makes_no_sense(logits):
    with pytest.raises(ValueError, match="temperature is -1"):
        pictures.exact(logits, temperature=-1)
    with pytest.raises(ValueError, match="top_p is 0"):
        pictures.exact(logits, top_p=0)
    with pytest.raises(ValueError, match=r"logits has shape \(1, 5\); it must be one row"):
        pictures.exact(logits[None])


# Distributions


def test_distributions_tell_every_probability(logits):
    drawing = pictures.distributions(
        WORDS, {"as it is": pictures.exact(logits), "top_k = 2": pictures.exact(logits, top_k=2)}
    )
    assert drawing.get_label() == (
        "as it is: kite 0.516, ball 0.258, hat 0.129, car 0.065, sun 0.032. "
        "top_k = 2: kite 0.667, ball 0.333, hat 0, car 0, sun 0."
    )
    assert [round(bar.get_height(), 3) for bar in drawing.axes[1].patches] == [0.667, 0.333, 0, 0, 0]
    assert_draws(drawing)


def test_two_cuts_tell_what_each_keeps(logits):
    drawing = pictures.two_cuts({"sure": (WORDS, 3 * logits), "unsure": (WORDS, 0.1 * logits)}, top_k=2, top_p=0.8)
    assert drawing.get_label() == (
        "sure, top_k = 2: keeps 2 of 5 words with 0.984 together; sure, top_p = 0.8: keeps 1 of 5 words with 0.875 together; "
        "unsure, top_k = 2: keeps 2 of 5 words with 0.442 together; unsure, top_p = 0.8: keeps 4 of 5 words with 0.827 together."
    )
    colors = [[bar.get_facecolor()[:3] for bar in axes.patches] for axes in drawing.axes]
    assert [len([color for color in panel if color == panel[0]]) for panel in colors] == [2, 1, 2, 4]
    assert_draws(drawing)


# Draws


def test_a_right_sampler_is_within_chance_at_every_dial(logits):
    for temperature in (0, 0.3, 1, 2):
        for top_k in (None, 1, 3):
            for top_p in (None, 0.5, 0.8):
                drawing = pictures.drawn(sample_next_token, logits, WORDS, temperature, top_k, top_p)
                possible = int((pictures.exact(logits, temperature, top_k, top_p) > 0).sum())
                assert (
                    f"4,000 draws: {possible} of 5 tokens can come, all as often as they should" in drawing.get_label()
                )


def test_the_description_of_a_right_sampler_has_no_chance_in_it(logits):
    drawing = pictures.drawn(sample_next_token, logits, WORDS, 1, 3)
    assert drawing.get_label() == (
        "Temperature 1, top_k 3, top_p none. Exact probabilities: kite 0.571, ball 0.286, hat 0.143, car 0, sun 0. "
        "4,000 draws: 3 of 5 tokens can come, all as often as they should."
    )
    assert_draws(drawing)


def multiplied(logits, temperature, top_k, top_p):
    return sample_next_token(logits * temperature, 1, top_k, top_p)


def no_limits(logits, temperature, top_k, top_p):
    return sample_next_token(logits, temperature)


def always_greedy(logits, temperature, top_k, top_p):
    return logits.argmax(dim=-1)


def one_too_few(logits, temperature, top_k, top_p):
    return sample_next_token(logits, temperature, top_k - 1, top_p)


def not_renormalised(logits, temperature, top_k, top_p):
    kept = generation.nucleus((logits / temperature).softmax(dim=-1), top_p)
    return sample_next_token(logits.masked_fill(~kept, float("-inf")), temperature, top_k)


@pytest.mark.parametrize(
    ("sampler", "top_p"),
    [(multiplied, 0.85), (no_limits, 0.85), (always_greedy, 0.85), (not_renormalised, 0.85), (one_too_few, 0.95)],
)
def test_a_wrong_sampler_shows(sampler, top_p, logits):
    drawing = pictures.drawn(sampler, logits, WORDS, 0.8, 3, top_p)
    assert "bars differ" in drawing.get_label()
    assert " instead of " in drawing.axes[0].get_title(loc="left")
    assert_draws(drawing)


def test_the_worst_word_is_named(logits):
    drawing = pictures.drawn(always_greedy, logits, WORDS)
    assert "4,000 draws: 5 of 5 bars differ, “kite” 1.000 instead of 0.516" in drawing.get_label()


def test_the_others_share_a_bar(logits):
    drawing = pictures.drawn(sample_next_token, logits[[3, 1, 4, 0, 2]], ["\n", " ball", "sun", "kite", "hat"], shown=2)
    assert drawing.get_label() == (
        "Temperature 1, top_k none, top_p none. Exact probabilities: kite 0.516, ·ball 0.258, 3 others 0.226. "
        "4,000 draws: 5 of 5 tokens can come, all as often as they should."
    )
    assert [tick.get_text() for tick in drawing.axes[0].get_xticklabels()] == ["kite", "·ball", "3 others"]
    assert_draws(drawing)


def test_a_wrong_sampler_shows_among_the_others(logits):
    drawing = pictures.drawn(no_limits, logits, WORDS, top_k=2, shown=2)
    assert "“3 others” 0." in drawing.get_label()
    assert " instead of 0." in drawing.get_label()


def test_next_tokens_tell_the_likeliest_and_how_many_it_takes(logits):
    drawing = pictures.next_tokens(
        {"as it is": logits, "turned": logits.flip(0)}, [" kite", "ball", "hat", "car", "\n"], 2
    )
    assert drawing.get_label() == (
        "as it is: “·kite” 52%, “ball” 26%; 3 of 5 tokens have 90% together. "
        "turned: “↵” 52%, “car” 26%; 3 of 5 tokens have 90% together."
    )
    assert [round(bar.get_width(), 3) for bar in drawing.axes[1].patches] == [0.516, 0.258]
    assert [tick.get_text() for tick in drawing.axes[1].get_yticklabels()] == ["↵", "car"]
    assert_draws(drawing)


def test_drawing_leaves_no_trace(logits):
    before, state = logits.clone(), torch.get_rng_state()
    pictures.drawn(sample_next_token, logits, WORDS)
    assert torch.equal(logits, before)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("sampler", "error", "text"),
    [
        (lambda logits, *dials: None, TypeError, "returned NoneType"),
        (
            lambda logits, *dials: sample_next_token(logits)[:, None],
            ValueError,
            r"of shape \(4000, 1\); it must be ids of \(4000,\)",
        ),
        (lambda logits, *dials: logits[:, 0], ValueError, r"torch.float32 of shape \(4000,\)"),
        (
            lambda logits, *dials: sample_next_token(logits) + 3,
            ValueError,
            "drew ids from 3 to 7; the vocabulary has 5",
        ),
    ],
)
def test_a_sampler_that_cannot_be_drawn_is_named(sampler, error, text, logits):
    with pytest.raises(error, match=text):
        pictures.drawn(sampler, logits, WORDS)


# What the model sees


def test_what_the_model_sees_step_by_step():
    drawing = pictures.what_the_model_sees(generate, prompt_length=2, max_length=5, context_size=3)
    assert drawing.get_label() == (
        "3 steps, context_size 3: the model sees at most 3 tokens, the result keeps all 5. "
        "Places in the text: step 1 sees 0 to 1; step 2 sees 0 to 2; step 3 sees 1 to 3."
    )
    assert drawing.axes[0].get_title(loc="left") == "The model sees at most 3 tokens, the result keeps all 5"
    assert len(drawing.axes[0].patches) == 3 + 4 + 5 + 5
    assert_draws(drawing)


def test_a_cropped_result_shows():
    def cropped(model, input_ids, *rest):
        return generate(model, input_ids, *rest)[:, -model.context_size :]

    drawing = pictures.what_the_model_sees(cropped, prompt_length=2, max_length=5, context_size=3)
    assert "the result keeps 3 of 5" in drawing.get_label()
    assert_draws(drawing)


def test_new_tokens_instead_of_a_total_show():
    def too_long(model, input_ids, max_length, *rest):
        return generate(model, input_ids, max_length + 2, *rest)

    drawing = pictures.what_the_model_sees(too_long, prompt_length=2, max_length=5, context_size=3)
    assert "5 steps" in drawing.get_label()
    assert "the result keeps 7 of 5" in drawing.get_label()


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (lambda *arguments: [[0, 1]], TypeError, "generate returned list"),
        (lambda model, ids, *rest: ids[0], ValueError, r"returned shape \(2,\); it must be \(1, 5\)"),
        (lambda model, ids, *rest: model(torch.arange(4)[None]), ValueError, "4 tokens are more than the context of 3"),
    ],
)
def test_a_generate_that_cannot_be_drawn_is_named(answer, error, text):
    with pytest.raises(error, match=text):
        pictures.what_the_model_sees(answer, prompt_length=2, max_length=5, context_size=3)


# Measurements


def test_trade_off_tells_every_share():
    drawing = pictures.trade_off([0.1, 1.6], {"known": [0.9, 0.2], "new": [0.4, 1.0]})
    assert drawing.get_label() == "By temperature. known: 90% at 0.1, 20% at 1.6; new: 40% at 0.1, 100% at 1.6."
    assert drawing.axes[0].get_title(loc="left") == "known: 90% to 20%, new: 40% to 100%"
    assert [list(line.get_ydata()) for line in drawing.axes[0].lines] == [[0.9, 0.2], [0.4, 1.0]]
    assert_draws(drawing)


@pytest.mark.parametrize("values", [[0.5], [0.5, 1.2], [float("nan"), 0.5]])
def test_trade_off_refuses_what_is_no_share(values):
    with pytest.raises(ValueError, match="give 2 shares from 0 to 1"):
        pictures.trade_off([0.1, 1.6], {"known": values})


def test_words_that_do_not_fit_are_named(logits):
    with pytest.raises(ValueError, match=r"logits has shape \(5,\); with 2 words it must be \(2,\)"):
        pictures.drawn(sample_next_token, logits, WORDS[:2])
    with pytest.raises(ValueError, match=r"now has shape \(5,\)"):
        pictures.distributions(WORDS[:2], {"now": logits})
    with pytest.raises(ValueError, match=r"now has shape \(5,\)"):
        pictures.next_tokens({"now": logits}, WORDS[:2])
    with pytest.raises(ValueError, match=r"sure has shape \(5,\)"):
        pictures.two_cuts({"sure": (WORDS[:2], logits)}, 2, 0.8)


def test_live_text_is_quiet_outside_a_notebook(capsys):
    write = pictures.live_text()
    write("first")
    write("second")
    assert "first" not in capsys.readouterr().out
