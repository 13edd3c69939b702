"""The pictures of lesson 11 describe themselves with the true numbers, for right answers and wrong ones."""

import io
import math
import shlex

import pytest

from gpt2_ref.course import train
from gpt2_ref.figures import training as pictures
from gpt2_ref.training import learning_rate


def titles(drawing):
    return [axes.get_title(loc="left") for axes in drawing.axes]


def assert_draws(drawing):
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=40)
    assert pixels.tell() > 1000


def test_surprise_is_minus_log():
    drawing = pictures.surprise({"certain": 1.0, "half": 0.5, "rare": 1 / 256})
    assert drawing.get_label().endswith("certain, p = 1: 0.000; half, p = 0.5: 0.693; rare, p = 0.00390625: 5.545.")
    curve, *points = drawing.axes[0].lines
    for share, loss in zip(curve.get_xdata(), curve.get_ydata(), strict=True):
        assert loss == pytest.approx(-math.log(share))
    assert [(point.get_xdata()[0], round(point.get_ydata()[0], 3)) for point in points] == [
        (1.0, 0.0),
        (0.5, 0.693),
        (1 / 256, 5.545),
    ]
    assert [text.get_text() for text in drawing.axes[0].texts] == ["certain: 0.000", "half: 0.693", "rare: 5.545"]
    assert_draws(drawing)


@pytest.mark.parametrize("chance", [0, -0.1, 1.5, math.nan])
def test_surprise_refuses_what_is_no_probability(chance):
    with pytest.raises(ValueError, match="odd has the probability"):
        pictures.surprise({"odd": chance})


def test_two_measures():
    drawing = pictures.two_measures([0, 1, 2, 3, 4], [3, 3, 3, 5, 5], [4.0, 3.0, 2.5, 2.25, 3.5], "score")
    assert drawing.get_label() == (
        "score from 0 to 4. Right guesses: 2 different numbers, from 3 to 5, flat in 75% of the steps. "
        "Loss: lowest at 3.00, with 2.250; 4.000 at the left end, 3.500 at the right."
    )
    left, right = drawing.axes
    assert list(left.lines[0].get_ydata()) == [3, 3, 3, 5, 5]
    assert list(right.lines[0].get_ydata()) == [4.0, 3.0, 2.5, 2.25, 3.5]
    assert (list(right.lines[1].get_xdata()), list(right.lines[1].get_ydata())) == ([3], [2.25])
    assert_draws(drawing)
    with pytest.raises(ValueError, match="losses has 1 numbers for 5 places"):
        pictures.two_measures([0, 1, 2, 3, 4], [3, 3, 3, 5, 5], [4.0], "score")


def test_one_step_names_the_best_rate_and_where_it_gets_worse():
    drawing = pictures.one_step([0.1, 1, 10, 1000, 10_000], [2.9, 2.5, 1.5, 3.5, 9.0], before=3.0)
    assert titles(drawing) == ["loss after one step: lowest at a rate of 10; worse than before from 1,000 on"]
    assert drawing.get_label() == (
        "The loss after one step by the learning rate: 3.000 before, 2.900 at 0.1, lowest with 1.500 at 10, "
        "9.000 at 10,000; worse than before from 1,000 on."
    )
    assert list(drawing.axes[0].lines[1].get_ydata()) == [2.9, 2.5, 1.5, 3.5, 9.0]
    assert_draws(drawing)
    never_worse = pictures.one_step([0.1, 1], [2.9, 2.5], before=3.0)
    assert titles(never_worse) == ["loss after one step: lowest at a rate of 1"]
    with pytest.raises(ValueError, match="losses has 1 numbers for 2 places"):
        pictures.one_step([0.1, 1], [2.9], before=3.0)


def test_the_schedule_is_that_of_the_function():
    drawing = pictures.schedule(learning_rate, 100, 10, 0.5, 0.1)
    rates = [learning_rate(step, 100, 10, 0.5, 0.1) for step in range(111)]
    assert list(drawing.axes[0].lines[0].get_ydata()) == rates
    assert drawing.get_label() == (
        "The learning rate over 100 steps, 10 of them warm-up: 0.05 at step 0, highest with 0.5 at step 9, 0.3 at "
        "step 55, 0.1 at step 100 and 0.1 at step 110."
    )
    assert titles(drawing) == ["0.05 at step 0, 0.5 at step 9, 0.1 at the end"]
    assert_draws(drawing)
    assert_draws(pictures.schedule(learning_rate, 20, 0, 0.5, 0.0))


def test_a_wrong_schedule_is_drawn_as_it_is():
    def never_falls(step, num_steps, warmup_steps, peak, final):
        return 2 * peak * min(1, (step + 1) / warmup_steps)

    drawing = pictures.schedule(never_falls, 100, 10, 0.5, 0.1)
    assert "highest with 1 at step 9" in drawing.get_label()
    assert "1 at step 100 and 1 at step 110" in drawing.get_label()
    assert drawing.axes[0].get_ylim()[1] > 1


def test_losses_tell_both_ends_and_the_peak():
    drawing = pictures.losses({"calm": [3.0, 2.0, 1.0], "wild": [3.0, 9.0, 3.0]}, ("floor", 0.5), top=10)
    assert drawing.get_label() == (
        "Losses by step. calm: 3.000 at first, 1.967 at the end; wild: 3.000 at first, highest 9.000 at step 2, "
        "4.998 at the end; floor: 0.500."
    )
    lines = drawing.axes[0].lines
    assert [list(line.get_ydata()) for line in lines] == [[3.0, 2.0, 1.0], [3.0, 9.0, 3.0], [0.5, 0.5]]
    assert [line.get_label() for line in lines] == ["calm", "wild", "floor"]
    assert drawing.axes[0].get_ylim()[1] == 10
    assert_draws(drawing)


def test_a_running_mean():
    assert pictures.smooth([2.0] * 5) == pytest.approx([2.0] * 5)
    assert pictures.smooth([]) == []
    means = pictures.smooth([0.0, *[1.0] * 200], memory=20)
    assert means[0] == 0
    assert means[1] == pytest.approx(1 / (1 + math.exp(-1 / 20)))
    assert means[-1] == pytest.approx(1, abs=1e-4)


def test_learning_shows_every_step_and_what_an_even_guess_would_have():
    history = [(0.5, 7.5), (1.0, 6.5), (1.5, 6.0)]
    drawing = pictures.learning(history, 120, math.log(2048), [0.7])
    assert drawing.get_label() == (
        "Loss of a training, 3 steps: 7.500 at first, 6.650 (running mean) after 2 seconds; an even guess has 7.625."
    )
    even, every, mean, mark = drawing.axes[0].lines
    assert even.get_ydata()[0] == pytest.approx(7.625, abs=1e-3)
    assert list(zip(every.get_xdata(), every.get_ydata(), strict=True)) == history
    assert list(mean.get_ydata()) == pytest.approx(pictures.smooth([7.5, 6.5, 6.0], memory=30))
    assert mark.get_xdata()[0] == 0.7
    assert drawing.axes[0].get_xlim() == (0, 120)
    assert_draws(drawing)
    assert_draws(pictures.learning([], 120, 7.6))


def test_bits_are_in_order_and_say_who_is_beaten():
    drawing = pictures.bits({"gzip": 1.9, "mine": 2.0, "unigram": 3.0}, "mine")
    assert drawing.get_label() == (
        "Bits per byte of the held-out text, from the most to the fewest. unigram: 3.000; mine: 2.000; gzip: 1.900."
    )
    (axes,) = drawing.axes
    assert titles(drawing) == ["bits per byte: mine has 2.00 and beats 1 of 2"]
    assert [patch.get_width() for patch in axes.patches] == [3.0, 2.0, 1.9]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["unigram", "mine", "gzip"]
    colors = [patch.get_facecolor() for patch in axes.patches]
    assert colors[0] == colors[2] != colors[1]
    assert_draws(drawing)


def test_compared_draws_every_curve_in_both_panels():
    curves = {
        name: pictures.Curve([7.0 - 0.01 * step * slope for step in range(200)], {100: 2.0, 200: 2.0 - slope / 10})
        for name, slope in (("full", 1), ("window", 2), ("again", 3))
    }
    drawing = pictures.compared(curves, "just now")
    assert drawing.get_label() == (
        "just now: after 200 steps. full: loss 5.055, held out 1.900; window: loss 3.110, held out 1.800; "
        "again: loss 1.165, held out 1.700."
    )
    left, right = drawing.axes
    assert [line.get_label() for line in left.lines] == ["full", "window", "again"]
    assert list(left.lines[0].get_ydata()) == pictures.smooth(curves["full"].losses, memory=5)
    assert [list(line.get_ydata()) for line in right.lines] == [[2.0, 1.9], [2.0, 1.8], [2.0, 1.7]]
    assert len({line.get_color() for line in left.lines}) == 3
    assert_draws(drawing)


def test_five_curves_have_five_colours():
    drawing = pictures.compared({str(number): pictures.Curve([3.0, 2.0], {2: 1.0}) for number in range(5)})
    assert len({line.get_color() for line in drawing.axes[0].lines}) == 5


def test_a_training_is_read_from_its_file(tmp_path):
    file = tmp_path / "losses.csv"
    file.write_text(
        "step,loss,learning_rate,gradient_norm,held_out\n1,7.5,0.1,1.0,\n2,7.25,0.2,1.0,3.5\n", encoding="utf-8"
    )
    assert pictures.read_curve(file) == pictures.Curve([7.5, 7.25], {2: 3.5})


@pytest.mark.parametrize("text", ["", "step,loss,held_out\n", "a,b\n1,2\n"])
def test_a_file_without_a_training_is_refused(text, tmp_path):
    (tmp_path / "losses.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"losses\.csv holds no training"):
        pictures.read_curve(tmp_path / "losses.csv")


def test_the_stored_trainings_have_one_budget_and_were_looked_at_together():
    curves = pictures.stored_curves()
    assert list(curves) == ["full", "window", "grouped", "rotary"]
    assert len({len(curve.losses) for curve in curves.values()}) == 1
    assert len({tuple(curve.held_out) for curve in curves.values()}) == 1
    for curve in curves.values():
        assert all(map(math.isfinite, [*curve.losses, *curve.held_out.values()]))
        assert list(curve.held_out)[-1] == len(curve.losses)
        assert curve.losses[0] == pytest.approx(math.log(2048), abs=0.2)
    assert_draws(pictures.compared(curves))


def test_the_commands_differ_in_one_choice_and_are_understood():
    options = {}
    for name, command in pictures.COMMANDS.items():
        start, words = shlex.split(command)[:4], shlex.split(command)[4:]
        assert start == ["python", "-m", "gpt2_ref", "train"]
        options[name] = vars(train.make_parser("").parse_args(words))
        assert options[name].pop("out").parts == ("runs", name)
    full = options.pop("full")
    changed = {name: {key for key in full if full[key] != one[key]} for name, one in options.items()}
    assert changed == {"window": {"window_size"}, "grouped": {"num_groups"}, "rotary": {"rotary"}}


def test_a_live_picture_is_put_in_the_place_of_the_one_before(monkeypatch):
    import IPython.display

    shown = []

    class Place:
        def update(self, data, raw):
            assert raw
            shown.append(data)

    monkeypatch.setattr(IPython.display, "display", lambda *_, **__: Place())
    update = pictures.live()
    drawing = pictures.losses({"one": [2.0, 1.0]})
    update(drawing, "if a < b:")
    (data,) = shown
    assert data["text/plain"] == f"{drawing.get_label()}\nif a < b:"
    assert 'alt="Losses by step. one: 2.000 at first' in data["text/html"]
    assert "if a &lt; b:</pre>" in data["text/html"]
    monkeypatch.setattr(IPython.display, "display", lambda *_, **__: None)
    pictures.live()(drawing, "outside a notebook nothing happens")
