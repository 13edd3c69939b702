"""`python -m gpt2_ref train`, as its users meet it."""

import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from gpt2_ref import GPT2, load_tokenizer, training
from gpt2_ref.course import command_line

SMALL = ["--vocab", "300", "--embed", "16", "--heads", "2", "--layers", "1", "--context", "16", "--batch", "4"]
SMALL += [
    "--steps",
    "20",
    "--warmup",
    "4",
    "--peak",
    "0.01",
    "--evaluate-every",
    "10",
    "--device",
    "cpu",
    "--threads",
    "1",
]


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    (folder / "sub").mkdir()
    (folder / ".git").mkdir()
    (folder / "a.py").write_text("def add(one, other):\n    return one + other\n\n\n" * 100)
    (folder / "sub" / "b.py").write_text("class Box:\n    def __init__(self):\n        self.x = 1\n\n\n" * 100)
    (folder / ".git" / "hidden.py").write_text("hidden = True\n" * 100)
    return folder


def run(*words):
    return command_line.main(["train", *map(str, words)])


def test_from_text_to_a_model_that_transformers_loads(text, tmp_path, capsys):
    out = tmp_path / "run"
    assert run(text, "--out", out, *SMALL) == 0
    said = capsys.readouterr().out
    assert "training  2 files" in said
    assert "step     10  loss" in said
    assert "bits per byte after" in said
    for name in ("unigram", "bigram", "gzip", "xz", "xz, primed"):
        assert f"  {name} " in said
    model, tokenizer = GPT2.from_pretrained(out), load_tokenizer(out)
    ids = torch.tensor([tokenizer.encode("def add(one").ids])
    from transformers import GPT2LMHeadModel

    theirs = GPT2LMHeadModel.from_pretrained(out, dtype=torch.float32)
    torch.testing.assert_close(model(ids), theirs(ids).logits, rtol=1e-4, atol=1e-4)
    assert run(text, "--out", out, *SMALL) == 0, "a training that is complete stays so"
    assert "going on after step 20" in capsys.readouterr().out


def test_a_variant_is_loaded_from_its_snapshot(text, tmp_path, capsys):
    parts = ["--window", 8, "--groups", 1, "--rotary"]
    assert run(text, "--out", tmp_path, *SMALL, *parts) == 0
    assert "training.load(" in capsys.readouterr().out
    model = training.load(tmp_path)
    assert model.blocks[0].attention.rule.size == 8
    assert model.position_embedding is None


def test_trainings_can_share_a_corpus(text, tmp_path, capsys):
    for name in ("one", "other"):
        assert run(text, "--out", tmp_path / name, "--corpus", tmp_path / "corpus", *SMALL) == 0
    assert not (tmp_path / "one" / "corpus").exists()
    assert (tmp_path / "one" / "losses.csv").read_bytes() == (tmp_path / "other" / "losses.csv").read_bytes()
    capsys.readouterr()


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send Ctrl-C to one process alone")
def test_a_stopped_training_leaves_a_model_and_goes_on(text, tmp_path):
    command = [sys.executable, "-m", "gpt2_ref", "train", text, "--out", tmp_path, *SMALL, "--steps", "100000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    for line in process.stdout:
        if "step " in line:
            break
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    said, complaints = process.communicate(timeout=60)
    assert process.returncode == 130, complaints
    assert "the same command goes on from there" in said
    assert "Traceback" not in complaints
    step = int(said.split("stopped after step ")[1].split(";")[0].replace(",", ""))
    assert GPT2.from_pretrained(tmp_path).vocab_size == 300
    assert training.Snapshots(tmp_path / "snapshots").newest().step == step >= 10


@pytest.mark.parametrize(
    ("words", "text_of_error"),
    [
        (["no/such/folder"], "there is no file or folder no"),
        (["TEXT", "--heads", "3"], "num_heads"),
        (["TEXT", "--vocab", "100"], "vocab_size = 100; it must be at least 257"),
        (["TEXT", "--context", "100000"], "context_size = 100000 needs more"),
        (["TEXT", "--batch", "0"], "batch_size"),
        (["TEXT", "--threads", "0"], "--threads 0; it must be at least 1"),
        (["TEXT", "--groups", "3"], "num_groups"),
        (["TEXT", "--parallel", "ddp"], "torchrun --nproc-per-node 2"),
        (["TEXT", "--window", "0"], "window_size"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(text, tmp_path, capsys, words, text_of_error):
    words = [str(text) if word == "TEXT" else word for word in words]
    assert run("--out", tmp_path, *SMALL, *words) == 2
    complaint = capsys.readouterr().err
    assert text_of_error in complaint
    assert complaint.startswith("gpt2_ref train: ")
    assert complaint.count("\n") == 1


def test_other_settings_need_another_folder(text, tmp_path, capsys):
    assert run(text, "--out", tmp_path, *SMALL) == 0
    assert run(text, "--out", tmp_path, *SMALL, "--seed", 1) == 2
    assert "seed: 0, now 1" in capsys.readouterr().err


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there(text, tmp_path, capsys):
    assert run(text, "--out", tmp_path, *SMALL, "--device", "cuda") == 2
    assert "torch sees no GPU" in capsys.readouterr().err


def test_help_and_strays(capsys):
    with pytest.raises(SystemExit) as done:
        run("--help")
    assert done.value.code == 0
    assert "--parallel" in capsys.readouterr().out
    with pytest.raises(SystemExit) as done:
        run("--no-such-option")
    assert done.value.code == 2


def test_another_model_is_trained_further(text, tmp_path, capsys):
    first, further = tmp_path / "first", tmp_path / "further"
    assert run(text, "--out", first, *SMALL) == 0
    how = [*SMALL[SMALL.index("--batch") :], "--warmup", 1]
    words = [text, "--out", further, "--start-from", first, *how]
    assert run(*words) == 0
    begun, ended = ((folder / "losses.csv").read_text().splitlines() for folder in (further, first))
    assert abs(float(begun[1].split(",")[1]) - float(ended[-1].split(",")[1])) < 1, "it goes on where the first ended"
    assert (further / "tokenizer.json").read_bytes() == (first / "tokenizer.json").read_bytes()
    assert run(*words) == 0, "the same command is the same training"
    capsys.readouterr()
    assert run(text, "--out", further, "--corpus", further / "corpus", *SMALL) == 2
    assert "made of other files or with another vocabulary" in capsys.readouterr().err
    assert run(*words, "--embed", 32) == 2
    assert "embed_size cannot be chosen with --start-from" in capsys.readouterr().err
    assert run(text, "--out", tmp_path / "new", "--start-from", tmp_path / "nowhere", *how) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_the_model_in_the_box_is_trained_further(text, tmp_path, capsys):
    words = ["--steps", 2, "--batch", 1, "--warmup", 0, "--evaluate-every", 5, "--device", "cpu", "--threads", 1]
    assert run(text, "--out", tmp_path, "--start-from", "python", *words) == 0
    assert GPT2.from_pretrained(tmp_path).vocab_size == GPT2.from_pretrained("python").vocab_size
    capsys.readouterr()
