"""Several processes train what one process trains, and hand their trainings to each other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import parallel_worker
import pytest

HERE = Path(__file__).parent
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def run(*words, **variables):
    environment = os.environ | {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"} | variables
    return subprocess.run(
        [*map(str, words)], capture_output=True, text=True, encoding="utf-8", env=environment, timeout=300
    )


@pytest.fixture(scope="module")
def found(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("parallel")
    parallel_worker.train(corpus, until=10, folder=out / "handed_on")
    found = {}
    for kind in ("ddp", "fsdp"):
        result = run(*TORCHRUN, HERE / "parallel_worker.py", kind, corpus.folder, out)
        assert result.returncode == 0, result.stderr[-3000:]
        found |= json.loads((out / f"{kind}.json").read_text())
    found["handed on"] = parallel_worker.train(corpus, folder=out / "handed_on")
    found["alone"] = parallel_worker.train(corpus)
    return found


@pytest.mark.parametrize("kind", ["ddp", "fsdp", "ddp, in parts", "fsdp, in parts", "handed on"])
def test_losses_are_those_of_one_process(found, kind):
    alone = found["alone"]
    assert [record["step"] for record in found[kind]] == list(range(1, 51))
    assert alone[-1]["loss"] < alone[0]["loss"] - 1, "the training must have moved for the comparison to mean anything"
    for name in ("loss", "gradient_norm"):
        gaps = [abs(one[name] - other[name]) for one, other in zip(alone, found[kind], strict=True)]
        assert max(gaps) < 1e-4
    assert found[kind][-1]["held_out"] == pytest.approx(alone[-1]["held_out"], abs=1e-4)


def test_the_command_under_torchrun(tmp_path):
    text = tmp_path / "text.py"
    text.write_text("def double(number):\n    return 2 * number\n\n" * 200)
    command = ["-m", "gpt2_ref", "train", text, "--out", tmp_path / "run", "--vocab", 260, "--embed", 16, "--heads", 2]
    command += ["--layers", 1, "--context", 16, "--steps", 4, "--batch", 4, "--device", "cpu"]
    result = run(*TORCHRUN, *command, "--parallel", "ddp")
    assert result.returncode == 0, result.stderr[-3000:]
    assert result.stdout.count("bits per byte after") == 1, "one process speaks for all"
    assert len((tmp_path / "run" / "losses.csv").read_text().splitlines()) == 5

    alone = run(sys.executable, *command, "--parallel", "fsdp")
    assert alone.returncode == 2
    assert "torchrun --nproc-per-node 2 -m gpt2_ref train --parallel fsdp" in alone.stderr
    silent = run(sys.executable, *command, RANK="0", WORLD_SIZE="2")
    assert silent.returncode == 2
    assert "--parallel ddp or fsdp" in silent.stderr
    odd = run(sys.executable, *command, "--batch", 5, "--accumulate", 2)
    assert odd.returncode == 2
    assert "accumulate" in odd.stderr
