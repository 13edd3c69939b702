"""The README says what is so: its example, its lesson table, its links and its commands."""

import re
from pathlib import Path

import pytest
import torch
from torch import nn

from gpt2_ref.checks import EXERCISES, WrongAnswer, examine
from gpt2_ref.course.command_line import main
from gpt2_ref.course.lessons import LESSONS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        variance = x.var(dim=-1, keepdim=True)
        return (x - x.mean(dim=-1, keepdim=True)) / torch.sqrt(variance + self.eps) * self.scale + self.shift


def test_the_example_is_what_the_check_says():
    with pytest.raises(WrongAnswer) as told:
        examine(GPT2LayerNorm)
    assert f"```text\n{told.value}\n```" in README


def test_the_code_runs_and_counts_right():
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    names = {}
    exec(code, names)
    assert names["ids"].shape == (2, 20)
    count = sum(parameter.numel() for parameter in names["model"].parameters())
    assert f"# {count:,} parameters" in code
    assert names["modern"].blocks[0].attention.new_cache().reach == 256


def test_the_lesson_table_is_complete():
    rows = dict(re.findall(r"^\| \[.*?\]\(notebooks/(\w+)\.ipynb\) \| (.*?) \|", README, flags=re.MULTILINE))
    assert list(rows) == [lesson.name for lesson in LESSONS]
    for lesson, exercises in rows.items():
        assert re.findall(r"`(\w+)`", exercises) == [e.name for e in EXERCISES.values() if e.lesson == lesson]


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(target):
    assert target.startswith("https://") or (ROOT / target).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"-m gpt2_ref (\w+)", README))))
def test_commands_exist(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make (\w+)", README, flags=re.MULTILINE))))
def test_make_targets_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
