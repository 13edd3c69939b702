"""Steps learn, can be stopped anywhere, and go on as if nothing had happened."""

import dataclasses
import math
import platform
import shutil
import signal

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpt2_ref import GPT2, MultiHeadSelfAttention, training
from gpt2_ref.training import loop, snapshots

MODEL = training.ModelSettings(vocab_size=300, embed_size=16, num_heads=2, num_layers=1, context_size=8)
SETTINGS = training.Settings(num_steps=12, batch_size=4, warmup_steps=3, peak=1e-2, evaluate_every=4, save_every=5)


def changed(**options):
    return training.Settings(**(vars(SETTINGS) | options))


def start(corpus, folder=None, model=MODEL, how=SETTINGS, **options):
    kept = None if folder is None else training.Snapshots(folder / "snapshots")
    return training.Training(model, corpus, how, kept, **options)


def weights(trained):
    return torch.cat([parameter.detach().flatten() for parameter in trained.model.parameters()])


@pytest.fixture(scope="module")
def whole(corpus):
    trained = start(corpus)
    return list(trained), weights(trained)


def test_records(whole):
    records, _ = whole
    assert [record.step for record in records] == list(range(1, 13))
    assert records[0].loss == pytest.approx(math.log(300), abs=0.3)
    assert records[-1].loss < records[0].loss - 0.3
    assert [record.step for record in records if record.held_out is not None] == [4, 8, 12]
    assert records[0].learning_rate == pytest.approx(1e-2 / 3)
    assert max(record.learning_rate for record in records) == records[2].learning_rate == 1e-2


def test_a_step_is_adamw_on_the_clipped_gradient(corpus):
    """The same steps, written out with torch's parts."""
    trained = start(corpus, how=changed(max_norm=0.5))
    torch.manual_seed(0)
    model = MODEL.build()
    matrices = {module.weight for module in model.modules() if isinstance(module, torch.nn.Linear)}
    optimiser = torch.optim.AdamW(
        [{"params": [p], "weight_decay": 0.1 if p in matrices else 0.0} for p in model.parameters()], betas=(0.9, 0.95)
    )
    for number, record in enumerate(trained):
        ids, targets = corpus.batch(number, 4, 8, seed=0)
        loss = F.cross_entropy(model(ids).flatten(0, 1), targets.flatten())
        optimiser.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        for group in optimiser.param_groups:
            group["lr"] = training.learning_rate(number, 12, 3, 1e-2, SETTINGS.final)
        optimiser.step()
        assert record.loss == pytest.approx(loss.item(), rel=1e-5)
        assert record.gradient_norm == pytest.approx(norm.item(), rel=1e-4)
    for ours, theirs in zip(trained.model.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=5e-5)  # a bias of keys has no gradient but noise


def test_decay_is_for_matrices_alone():
    optimiser = training.make_optimiser(model := MODEL.build(), 1e-3, 0.1, (0.9, 0.95))
    decayed, left = ({id(one) for one in group["params"]} for group in optimiser.param_groups)
    assert [group["weight_decay"] for group in optimiser.param_groups] == [0.1, 0.0]
    for name, parameter in model.named_parameters():
        multiplies = parameter.dim() == 2 and "position" not in name
        assert (id(parameter) in decayed) == multiplies, name
        assert (id(parameter) in left) == (not multiplies), name


@pytest.mark.parametrize(
    ("step", "rate"),
    [(0, 0.25), (3, 1.0), (4, 1.0), (8, 0.55), (12, 0.1), (99, 0.1), (6, 0.55 + 0.45 * math.sqrt(0.5))],
)
def test_schedule(step, rate):
    assert training.learning_rate(step, num_steps=12, warmup_steps=4, peak=1.0, final=0.1) == pytest.approx(rate)


def test_schedule_without_warm_up():
    assert training.learning_rate(0, 10, 0, 1.0) == 1.0


@pytest.mark.parametrize("parts", [2, 4])
def test_a_batch_in_parts_is_the_same_batch(corpus, whole, parts):
    for one, other in zip(whole[0], start(corpus, how=changed(accumulate=parts)), strict=True):
        assert one.loss == pytest.approx(other.loss, abs=1e-5)
        assert one.gradient_norm == pytest.approx(other.gradient_norm, abs=1e-5)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(1, 11), min_size=1, max_size=3, unique=True))
def test_left_and_entered_again_anywhere(corpus, whole, tmp_path_factory, stops):
    folder = tmp_path_factory.mktemp("stops")
    records, numbers = whole
    for stop in sorted(stops):
        for record in start(corpus, folder):
            if record.step == stop:
                break
    trained = start(corpus, folder)
    assert trained.step == max(stops), "leaving the loop saves the step"
    list(trained)
    assert trained.history == records
    assert torch.equal(weights(trained), numbers)


def test_in_memory_a_loop_can_be_entered_again(corpus, whole):
    trained = start(corpus)
    for record in trained:
        if record.step == 5:
            break
    assert list(trained) == whole[0][5:]
    assert torch.equal(weights(trained), whole[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_waits_for_the_end_of_the_step(corpus, whole, tmp_path, number):
    trained = start(corpus, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        for record in trained:
            if record.step == 7:
                signal.raise_signal(number)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert trained.step == 8
    again = start(corpus, tmp_path)
    assert again.step == 8
    list(again)
    assert again.history == whole[0]


def test_the_second_stop_interrupts_at_once():
    with pytest.raises(KeyboardInterrupt), loop.Stop():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_damaged_snapshot_is_passed_over(corpus, whole, tmp_path, damage):
    list(start(corpus, tmp_path))
    older, newest = sorted((tmp_path / "snapshots").iterdir())
    content = newest.read_bytes()
    middle = len(content) // 2
    flipped = bytes([content[middle] ^ 1])
    newest.write_bytes(
        {"cut": content[:-1], "flip": content[:middle] + flipped + content[middle + 1 :], "empty": b""}[damage]
    )
    said = []
    trained = training.Training(MODEL, corpus, SETTINGS, training.Snapshots(tmp_path / "snapshots", said.append))
    assert trained.step == 10
    assert said == [f"{newest} is damaged: the snapshot before it is used"]
    list(trained)
    assert trained.history == whole[0]
    assert sorted(file.name[:13] for file in (tmp_path / "snapshots").iterdir()) == ["step-00000010", "step-00000012"]
    assert older.exists()
    assert training.Snapshots(tmp_path / "snapshots").newest().step == 12


def test_a_full_disk_is_reported_and_the_last_good_snapshot_stays(corpus, whole, tmp_path, monkeypatch):
    trained = start(corpus, tmp_path)
    steps = iter(trained)
    for _ in range(9):
        next(steps)

    def no_room(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "flush_to_disk", no_room)
        with pytest.raises(training.SnapshotNotWritten, match=r"step 10 .*No space left on device.*that of step 5"):
            next(steps)
    assert not list((tmp_path / "snapshots").glob(".writing-*"))
    assert list(trained) == whole[0][10:], "with room again, the training in memory goes on"
    assert start(corpus, tmp_path).step == 12


def test_what_a_kill_left_behind_is_removed(corpus, tmp_path):
    left = tmp_path / "snapshots" / ".writing-abc"
    left.mkdir(parents=True)
    (left / "snapshot").write_bytes(b"half")
    list(start(corpus, tmp_path))
    assert sorted(file.name[:13] for file in (tmp_path / "snapshots").iterdir()) == ["step-00000010", "step-00000012"]


def test_a_training_goes_on_with_its_own_settings_only(corpus, tmp_path):
    list(start(corpus, tmp_path))
    with pytest.raises(ValueError, match=r"differs from this one \(peak: 0.01, now 0.02\)"):
        start(corpus, tmp_path, how=changed(peak=0.02))
    with pytest.raises(ValueError, match=r"num_layers: 1, now 2"):
        start(corpus, tmp_path, model=training.ModelSettings(**(vars(MODEL) | {"num_layers": 2})))
    other = dataclasses.replace(corpus, facts=corpus.facts | {"fingerprint": "another"})
    with pytest.raises(ValueError, match=r"\(the text\)"):
        start(other, tmp_path)
    start(corpus, tmp_path, how=changed(save_every=1, accumulate=2))


def test_a_training_that_runs_away_says_so(corpus):
    trained = start(corpus, how=changed(num_steps=3))
    with torch.no_grad():
        trained.model.final_norm.scale.fill_(math.inf)
    with pytest.raises(training.Diverged, match=r"step 1: the loss is nan"):
        next(iter(trained))
    assert trained.step == 0
    assert all(parameter.grad is None for parameter in trained.model.parameters())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"num_steps": 0}, "num_steps"),
        ({"batch_size": 6, "accumulate": 4}, "accumulate"),
        ({"warmup_steps": -1}, "warmup_steps = -1"),
        ({"peak": 0.0}, "peak = 0.0; it must be above 0"),
        ({"max_norm": -1.0}, "max_norm = -1.0"),
        ({"weight_decay": -0.1}, "weight_decay"),
    ],
)
def test_settings_that_cannot_be(options, text):
    with pytest.raises(ValueError, match=text):
        changed(**options)


@pytest.mark.parametrize(
    "parts", [{}, {"window_size": 4}, {"num_groups": 1}, {"rotary": True}, {"window_size": 3, "rotary": True}]
)
def test_every_variant_trains_and_loads(corpus, tmp_path, parts):
    model = training.ModelSettings(**(vars(MODEL) | parts))
    trained = start(corpus, tmp_path, model, changed(num_steps=40))
    records = list(trained)
    assert records[-1].loss < records[0].loss - 0.5
    loaded = training.load(tmp_path)
    assert not loaded.training
    ids = torch.arange(8)[None]
    torch.testing.assert_close(loaded(ids), trained.model.eval()(ids))
    assert loaded.output.weight is loaded.token_embedding.weight
    assert isinstance(loaded.blocks[0].attention, MultiHeadSelfAttention)
    with pytest.raises(ValueError, match="holds no training"):
        training.load(tmp_path / "nowhere")


def test_bfloat16_learns_too(corpus, whole):
    records = list(start(corpus, how=changed(bfloat16=True)))
    assert 0 < max(abs(one.loss - other.loss) for one, other in zip(records, whole[0], strict=True)) < 0.1


@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("clang++")), reason="torch.compile needs a C++ compiler")
def test_compiled_training_is_the_same_training(corpus, whole):
    records = list(start(corpus, how=changed(compile=True, num_steps=12)))
    assert records[-1].loss == pytest.approx(whole[0][-1].loss, abs=1e-4)


def test_losses_are_written_as_a_table(corpus, tmp_path, whole):
    list(start(corpus, tmp_path))
    lines = (tmp_path / "losses.csv").read_text().splitlines()
    assert lines[0] == "step,loss,learning_rate,gradient_norm,held_out"
    assert [float(line.split(",")[1]) for line in lines[1:]] == [record.loss for record in whole[0]]
    assert lines[1].endswith(",")
    assert not (tmp_path / "losses.writing").exists()


def test_a_training_starts_from_another_model(corpus, tmp_path):
    torch.manual_seed(5)
    other = MODEL.build()
    before = weights(start(corpus, how=changed(num_steps=1), start=other))
    assert torch.equal(before, torch.cat([parameter.detach().flatten() for parameter in other.parameters()]))
    list(start(corpus, tmp_path, start=other))
    assert start(corpus, tmp_path, start=other).step == 12
    with pytest.raises(ValueError, match=r"\(the model to start from\)"):
        start(corpus, tmp_path)
    with pytest.raises(RuntimeError, match="size mismatch"):
        start(corpus, model=dataclasses.replace(MODEL, embed_size=32), start=other)


def test_sizes_are_read_from_a_model():
    model = dataclasses.replace(MODEL, num_layers=3, context_size=9)
    assert training.ModelSettings.of(model.build()) == model

    with pytest.raises(ValueError, match=r"hidden_size = 20 .* 4 \* embed_size = 64"):
        training.ModelSettings.of(GPT2(300, 16, 2, 20, 1, context_size=8))


def test_freed_memory_is_kept_where_the_c_library_can():
    assert training.keep_freed_memory() in (True, False)
    assert training.keep_freed_memory() == (platform.libc_ver()[0] == "glibc")
