"""A learner who solves every lesson ends with a GPT-2 of their own: it loads a checkpoint and writes as the course's does."""

import os
import subprocess
import sys

import nbformat
import pytest
import torch
from nbclient import NotebookClient

from gpt2_ref import GPT2
from gpt2_ref.course.lab import prepare_desk
from gpt2_ref.course.lessons import LESSONS
from gpt2_ref.course.records import RECORD, Desk
from gpt2_ref.course.source import read_source

FINALE = """
import torch, my_gpt2
from gpt2_ref import read_checkpoint

print(my_gpt2.parts())
config, tensors = read_checkpoint("checkpoint")
mine = my_gpt2.GPT2(11, 24, 6, 40, 3, 16)
mine.context_size = 16
my_gpt2.load_checkpoint(mine, tensors)
torch.save({
    "logits": mine.eval()(torch.arange(11)[None]).detach(),
    "text": my_gpt2.generate(mine, torch.tensor([[1, 2], [3, 4]]), 30, 1, 0.0),
}, "finale.pt")
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.delenv(RECORD, raising=False)
    prepare_desk(tmp_path)
    return tmp_path


def solve(lesson, desk):
    """Run the lesson's solved cells, up to its last check, in a kernel on the desk."""
    code = [cell for cell in read_source(lesson.source) if cell.kind == "code" and "widget" not in cell.tags]
    last = max(place for place, cell in enumerate(code) if "check" in cell.tags)
    cells = [nbformat.v4.new_code_cell(cell.solved) for cell in code[: last + 1]]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(desk)}}).execute()
    return "".join(output.get("text", "") for cell in notebook.cells for output in cell.outputs)


def test_every_lesson_solved_makes_a_gpt2_of_ones_own(desk):
    said = {lesson.name: solve(lesson, desk) for lesson in LESSONS}
    assert "the course's own" not in said["06_kv_cache"]
    assert all(record.passed for record in Desk(desk).records().values())

    torch.manual_seed(0)
    reference = GPT2(11, 24, 6, 40, 3, context_size=16).eval()
    for parameter in reference.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    reference.save_pretrained(desk / "checkpoint")
    surroundings = {name: value for name, value in os.environ.items() if name != RECORD}
    done = subprocess.run([sys.executable, "-c", FINALE], cwd=desk, env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "the course's own" not in done.stdout
    finale = torch.load(desk / "finale.pt", weights_only=True)
    torch.testing.assert_close(finale["logits"], reference(torch.arange(11)[None]), rtol=0, atol=1e-4)
    assert torch.equal(finale["text"], reference.generate(torch.tensor([[1, 2], [3, 4]]), 30, temperature=0))
