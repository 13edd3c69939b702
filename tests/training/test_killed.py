"""A training that is killed at any moment goes on as if nothing had happened."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
KILLS = 25
OPTIONS = {"vocab": 300, "embed": 16, "heads": 2, "layers": 2, "context": 16, "steps": 600, "batch": 4, "threads": 1}
OPTIONS |= {"save-every": 2, "evaluate-every": 10, "warmup": 20, "device": "cpu"}


def command(text, out):
    words = [str(word) for name, value in OPTIONS.items() for word in (f"--{name}", value)]
    return ["train", str(text), "--out", str(out), *words]


def run(*words):
    result = subprocess.run([sys.executable, *words], capture_output=True, text=True, encoding="utf-8", timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_killed_twenty_five_times(tmp_path):
    text = tmp_path / "text.py"
    text.write_text("".join(f"def add_{i}(number):\n    return number + {i}\n\n\n" for i in range(100)))
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    run("-m", "gpt2_ref", *command(text, whole))
    story = json.loads(run(str(HERE / "killer.py"), str(KILLS), "0", *command(text, pieces)))
    assert story["killed"] == KILLS, "the training ended before it was killed often enough"
    assert story["went on"] > KILLS // 3, "most were killed before they had done anything"
    assert story["status"] == 0
    for name in ("losses.csv", "model.safetensors", "config.json", "tokenizer.json", "corpus/training.bin"):
        assert (pieces / name).read_bytes() == (whole / name).read_bytes(), name
    assert not list(pieces.rglob(".writing-*"))
