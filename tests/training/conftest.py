import json
from pathlib import Path

import pytest
import torch

from gpt2_ref import training

TEXTS = [*sorted(Path(json.__file__).parent.glob("*.py"))]


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """The files of Python's json package, 300 tokens in the vocabulary."""
    return training.prepare(TEXTS, tmp_path_factory.mktemp("corpus"), 300)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
