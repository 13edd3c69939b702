"""A right answer becomes a module of its own, whatever its cell looks like."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gpt2_ref.course import bank


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """`notebook(cell, ...)` runs cells as a kernel does and returns the notebook's variables."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))

    def run(*cells):
        for cell in cells:
            shell.run_cell(cell, store_history=True).raise_error()
        return shell.user_ns

    yield run
    InteractiveShell.clear_instance()
    for name in [name for name in sys.modules if name.partition(".")[0] == "my_gpt2"]:
        del sys.modules[name]


def keep(variables, desk, name="answer"):
    line = bank.keep(variables[name], name, variables, desk)
    assert line == f"kept in my_gpt2/{name}.py"
    return (desk / "my_gpt2" / f"{name}.py").read_text(encoding="utf-8")


def run_alone(desk, code):
    """Run code in a Python of its own that sees the desk and nothing of this process."""
    done = subprocess.run([sys.executable, "-c", code], cwd=desk, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_class_with_imports_helper_constant_and_noise(notebook, tmp_path, capsys):
    variables = notebook(
        "import torch\nfrom torch import nn\nimport torch.nn.functional as F\nfrom einops import rearrange as turn\nfrom math import *",
        "EPS = 1e-5\nSIZES = (2, 3)\nbig = float('inf')",
        "def helper(x):\n    return sqrt(F.relu(torch.tensor(4.0)).item()) + EPS * 0 + x",
        "print('noise')\n"
        "class Base(nn.Module):\n    size = SIZES[0]\n"
        "%matplotlib --list\n"
        "def shift(f):\n    print('defining')\n    return f\n"
        "class answer(Base):\n"
        "    # a remark inside\n"
        "    def __init__(self, n=len(SIZES)):\n        super().__init__(); self.n = n\n"
        "    @shift\n    def forward(self, x):\n        return [turn(x, 'a b -> b a') + helper(i) for i in range(self.n)] if big > 1 else 0\n"
        "print('more noise'); later = answer()",
    )
    capsys.readouterr()
    source = keep(variables, tmp_path)
    for line in ("from torch import nn", "import torch.nn.functional as F", "from einops import rearrange as turn"):
        assert line in source
    assert "from math import sqrt" in source and 'big = float("inf")' in source and "# a remark inside" in source
    assert "noise" not in source and "later" not in source and "matplotlib" not in source
    assert capsys.readouterr().out == ""
    shown = run_alone(tmp_path, "import torch, my_gpt2; print(my_gpt2.answer()(torch.zeros(2, 1))[1].tolist())")
    assert shown.splitlines() == ["defining", "[[3.0, 3.0]]"]


@pytest.mark.parametrize(
    "cells, call, result",
    [
        (["def answer(x): return x + 1"], "answer(1)", "2"),
        (["def answer(n):\n    return 1 if n == 0 else n * answer(n - 1)"], "answer(4)", "24"),
        (["answer = lambda x: x * 2"], "answer(2)", "4"),
        (["def mine(x): return -x"], "answer(2)", "-2"),
        (["import torch", "@torch.no_grad()\ndef answer(x): return torch.ones(1) * x"], "answer(2).item()", "2.0"),
        (["from functools import partial", "def f(a, b): return a - b", "answer = partial(f, b=1)"], "answer(3)", "2"),
        (["def answer(x): return x", "def answer(x): return x + 5"], "answer(1)", "6"),
        (["def even(n): return n == 0 or odd(n - 1)\ndef odd(n): return n != 0 and even(n - 1)", "answer = even"], "answer(4)", "True"),
        (["import torch", "mask = torch.tril(torch.ones(2, 2))", "def answer(): return mask.sum().item()"], "answer()", "3.0"),
        (["from dataclasses import dataclass", "@dataclass\nclass answer:\n    size: int = 3"], "answer()", "answer(size=3)"),
        (["class answer:\n    size = 4"], "answer.size", "4"),
        (["from __future__ import annotations\ndef answer(x: Unknown) -> Unknown: return x"], "answer(7)", "7"),
        (["class answer:\n    def a(self): return 1\nclass answer(answer):\n    def b(self): return self.a() + 1"], "answer().b()", "2"),
        (["class answer:\n    def a(self): return 1", "class answer(answer):\n    def b(self): return self.a() + 1"], "answer().b()", "2"),
        (["from typing import Optional", "def answer(x: Optional[int] = None): return x"], "answer(3)", "3"),
        (["def answer(x):\n    def inner(y): return y * factor\n    return inner(x)", "factor = 3"], "answer(2)", "6"),
        (["limit = 2", "def answer(x=limit): return x", "limit = 2"], "answer()", "2"),
        (["if True:\n    def answer(): return 1\nelse:\n    def answer(): return 2"], "answer()", "1"),
        (["x = 1; print(x)\ndef answer(): return x"], "answer()", "1"),
        (["class answer:\n    def a(self): return 1", "answer.a = lambda self: 2"], "answer().a()", "2"),
        (["from torch import float32", "def answer(): return float32"], "answer()", "torch.float32"),
        (["class answer:\n    @property\n    def a(self): return 1\n    @staticmethod\n    def b(): return 2"], "answer().a + answer.b()", "3"),
    ],
)  # fmt: skip
def test_styles(notebook, tmp_path, cells, call, result):
    variables = notebook(*cells)
    if "mine" in variables:
        assert bank.keep(variables["mine"], "answer", variables, tmp_path) == "kept in my_gpt2/answer.py"
    else:
        keep(variables, tmp_path)
    module = importlib.import_module("my_gpt2")
    assert repr(eval(call, {"answer": module.answer})) == result


def test_another_kept_answer_is_imported_and_else_copied(notebook, tmp_path):
    variables = notebook(
        "def softmax(x): return x + 1", "def attention(x): return softmax(x) * 2", "def other(): return 1"
    )
    assert "def softmax" in keep(variables, tmp_path, "attention")
    keep(variables, tmp_path, "softmax")
    assert bank.keep(variables["attention"], "attention", variables, tmp_path) == "kept in my_gpt2/attention.py"
    source = (tmp_path / "my_gpt2" / "attention.py").read_text(encoding="utf-8")
    assert "from my_gpt2.softmax import softmax" in source and "def softmax" not in source
    code = "import my_gpt2; from my_gpt2.attention import attention; print(attention(1), my_gpt2.softmax(1), my_gpt2.is_own('softmax'))"
    assert run_alone(tmp_path, code) == "4 2 True"


def test_answer_imported_from_the_desk_is_imported_again(notebook, tmp_path):
    keep(notebook("def softmax(x): return x + 1"), tmp_path, "softmax")
    variables = notebook("from my_gpt2 import softmax", "def attention(x): return softmax(x) * 2")
    assert "import softmax" in keep(variables, tmp_path, "attention")


def test_replaced_answer_is_kept_and_the_new_one_imported_at_once(notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "my_gpt2" / "answer.py"
    keep(notebook("def answer(): return 1"), tmp_path)
    os.utime(file, (1e9, 1e9))
    import my_gpt2

    assert my_gpt2.answer() == 1
    keep(notebook("def answer(): return 2"), tmp_path)
    os.utime(file, (1e9, 1e9))  # both within one second, and of one size
    assert my_gpt2.answer() == 2
    assert importlib.import_module("my_gpt2.answer").answer() == 2
    (earlier,) = (tmp_path / "my_gpt2" / "earlier").glob("answer.*.py")
    assert "return 1" in earlier.read_text(encoding="utf-8")
    assert bank.keep(notebook()["answer"], "answer", notebook(), tmp_path) == ""


@pytest.mark.parametrize(
    "cells",
    [
        ["import my_gpt2", "def mine(): return my_gpt2.answer()"],
        ["from my_gpt2 import answer", "def mine(): return answer()"],
        ["from my_gpt2.answer import answer as old", "mine = lambda: old()"],
    ],
)
def test_an_answer_built_on_its_own_file_does_not_replace_it(notebook, tmp_path, cells):
    keep(notebook("def answer(): return 1"), tmp_path)
    variables = notebook(*cells)
    assert "the file that it would replace" in bank.keep(variables["mine"], "answer", variables, tmp_path)
    assert bank.keep(importlib.import_module("my_gpt2").answer, "answer", variables, tmp_path) == ""
    assert run_alone(tmp_path, "import my_gpt2; print(my_gpt2.answer())") == "1"


def test_an_unknown_piece_names_those_there_are(notebook, tmp_path):
    keep(notebook("def answer(): return 1"), tmp_path)
    with pytest.raises(AttributeError, match=r"my_gpt2 has no GTP2; its pieces are softmax, .*GPT2"):
        importlib.import_module("my_gpt2").GTP2  # noqa: B018


@pytest.mark.parametrize(
    "cells, reason",
    [
        (
            ["for size in [1]:\n    table = object()", "def answer(): return table"],
            "the definition of table was not found",
        ),
        (
            ["class answer:\n    def a(self): return 1\n    def b(self): return 1", "answer.a = lambda self: 2"],
            "answer was changed after",
        ),
        (["import os", "assert True\ndef answer(x=os.environ.pop('GPT2_TEST')): return 1"], "KeyError"),
    ],
)
def test_what_cannot_be_a_module_is_kept_as_its_cell(notebook, tmp_path, monkeypatch, cells, reason):
    monkeypatch.setenv("GPT2_TEST", "here once")
    variables = notebook(*cells)
    line = bank.keep(variables["answer"], "answer", variables, tmp_path)
    assert reason in line and "my_gpt2/cells/answer.py" in line
    assert not (tmp_path / "my_gpt2" / "answer.py").exists()
    assert "answer" in (tmp_path / "my_gpt2" / "cells" / "answer.py").read_text(encoding="utf-8")


def test_leaves_random_numbers_and_path_as_they_were(notebook, tmp_path):
    variables = notebook("import torch", "noise = torch.randn(3)", "def answer(): return noise")
    state, path = torch.get_rng_state(), list(sys.path)
    keep(variables, tmp_path)
    assert torch.equal(torch.get_rng_state(), state) and sys.path == path


def test_function_of_a_script(tmp_path, monkeypatch):
    (tmp_path / "script.py").write_text("two = 2\ndef answer(): return two\nprint('noise')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    source = keep(vars(importlib.import_module("script")), tmp_path)
    assert "two = 2" in source and "noise" not in source


def test_full_disk_is_one_line(notebook, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    variables = notebook("def answer(): return 1")
    monkeypatch.setattr(bank, "write_atomically", full)
    assert "No space left" in bank.keep(variables["answer"], "answer", variables, Path(tmp_path))
