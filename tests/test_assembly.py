"""`import my_gpt2` is the learner's own where it was kept, and the course's own where it was not."""

import os
import subprocess
import sys
import textwrap

import pytest
import torch

from gpt2_ref import checks
from gpt2_ref.course import bank, stand_ins
from gpt2_ref.course.records import RECORD, Desk

NORM = """
    import torch
    from torch import nn
    class GPT2LayerNorm(nn.Module):
        def __init__(self, embed_size, eps=1e-5):
            super().__init__()
            self.mine = nn.LayerNorm(embed_size, eps)
        def forward(self, x):
            return self.mine(x)
"""


@pytest.fixture
def desk(tmp_path):
    Desk(tmp_path).create()
    return tmp_path


def put(desk, name, source):
    (desk / "my_gpt2").mkdir(exist_ok=True)
    (desk / "my_gpt2" / "__init__.py").write_text(bank.PACKAGE, encoding="utf-8")
    (desk / "my_gpt2" / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")


def run(folder, code):
    """Run code in a Python of its own, started in this folder."""
    world = {name: value for name, value in os.environ.items() if name != RECORD}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=folder, env=world, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_without_a_desk_everything_stands_in_and_says_so_once(tmp_path):
    code = """
        from my_gpt2 import GPT2LayerNorm, softmax
        from my_gpt2 import GPT2LayerNorm
        print(GPT2LayerNorm.__module__)
    """
    assert run(tmp_path, code).splitlines() == [
        "my_gpt2: GPT2LayerNorm is the course's own; yours takes its place when check(GPT2LayerNorm) has passed",
        "my_gpt2: softmax is the course's own; yours takes its place when check(softmax) has passed",
        "gpt2_ref.model.layer_norm",
    ]


def test_the_learners_own_comes_first(desk):
    put(desk, "GPT2LayerNorm", NORM)
    code = "from my_gpt2 import GPT2LayerNorm; import my_gpt2; print(hasattr(GPT2LayerNorm(3), 'mine')); print(my_gpt2.parts())"
    lines = run(desk, code).splitlines()
    assert lines[0] == "True"
    whose = dict(line.split(maxsplit=1) for line in lines[1:-1])
    assert (whose["GPT2LayerNorm"], whose["GPT2Block"]) == ("yours", "the course's own")
    assert lines[-1] == f"1 of {len(stand_ins.NAMES)} pieces are yours"


def test_a_subfolder_of_the_desk_sees_the_answers(desk):
    put(desk, "GPT2LayerNorm", NORM)
    (desk / "inside").mkdir()
    assert run(desk / "inside", "import my_gpt2; print(my_gpt2.GPT2LayerNorm.__module__)") == "my_gpt2.GPT2LayerNorm"


def test_stand_ins_are_made_of_the_learners_pieces(desk):
    put(desk, "GPT2LayerNorm", NORM)
    code = """
        import torch, my_gpt2
        model = my_gpt2.GPT2(11, 8, 2, 32, 3, 16)
        print(sum(hasattr(module, "mine") for module in model.modules()))
        print(my_gpt2.generate(model, torch.tensor([[1, 2]]), 20).shape)
    """
    assert run(desk, code).splitlines()[1::2] == ["7", "torch.Size([1, 20])"]


def test_a_piece_that_passes_takes_its_place_at_once(desk):
    code = f"""
        import sys, my_gpt2
        from pathlib import Path
        from gpt2_ref.course import bank
        print(my_gpt2.GPT2Block.__module__)
        Path("my_gpt2").mkdir()
        Path("my_gpt2/GPT2LayerNorm.py").write_text({textwrap.dedent(NORM)!r}, encoding="utf-8")
        print(my_gpt2.GPT2LayerNorm.__module__)
    """
    assert run(desk, code).splitlines()[1:] == ["gpt2_ref.course.stand_ins", "my_gpt2.GPT2LayerNorm"]


def test_a_kept_answer_built_on_a_stand_in_asks_for_the_best_there_is(desk):
    from gpt2_ref.course.stand_ins import GPT2LayerNorm

    namespace = {"__name__": __name__, "GPT2LayerNorm": GPT2LayerNorm, "torch": torch, "answer": answer}
    assert bank.keep(answer, "answer", namespace, desk) == "kept in my_gpt2/answer.py"
    assert "from my_gpt2 import GPT2LayerNorm" in (desk / "my_gpt2" / "answer.py").read_text(encoding="utf-8")


def answer(x):
    return GPT2LayerNorm(4)(x)  # noqa: F821


def test_the_courses_load_checkpoint_says_that_it_does_not_know_your_names():
    with pytest.raises(ValueError, match=r"knows the names in the course's own GPT2 only; yours needs the one"):
        stand_ins.load_checkpoint(torch.nn.Linear(2, 2), {})


def test_every_exercise_has_its_stand_in():
    assert set(checks.EXERCISES) == set(stand_ins.NAMES)


@pytest.mark.parametrize("name", stand_ins.NAMES)
def test_stand_ins_pass_their_checks(name):
    checks.examine(getattr(stand_ins, name), name)
