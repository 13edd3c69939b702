"""Files become tokens, and the same files always the same tokens."""

import math
import os

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpt2_ref import training
from gpt2_ref.training import corpus as made
from gpt2_ref.training.corpus import END_OF_TEXT, Document


def write(folder, texts):
    files = []
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        files.append(file)
    return files


def test_the_standard_library_is_there():
    files = training.python_library()
    names = {file.name for file in files}
    assert len(files) > 400
    assert {"argparse.py", "textwrap.py"} <= names
    assert not [file for file in files if {"test", "tests", "site-packages"} & set(file.parts[-4:])]


def test_every_token_of_every_file_is_there_once(corpus):
    ends = corpus.tokenizer.token_to_id(END_OF_TEXT)
    assert ends == 0
    assert (np.asarray(corpus.training) == ends).sum() == corpus.facts["training"]["files"]
    assert len(corpus.training) == corpus.facts["training"]["tokens"]
    assert corpus.training_text().decode().startswith("r")  # json/__init__.py begins with a raw docstring
    for part, ids in (("training", corpus.training), ("held_out", corpus.held_out)):
        assert corpus.bytes_of[torch.from_numpy(ids.astype(np.int64))].sum() == corpus.facts[part]["bytes"]
    assert len(corpus.training_text()) == corpus.facts["training"]["bytes"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text())
def test_any_text_comes_back(corpus, text):
    text = text.replace(END_OF_TEXT, "")
    ids = corpus.tokenizer.encode(text).ids
    assert corpus.tokenizer.decode(ids) == text
    assert sum(corpus.bytes_of[ids].tolist()) == len(text.encode())


def test_a_file_is_held_out_by_its_name(tmp_path):
    documents = [Document(f"part_{number}.py", f"x = {number}\n" * 10) for number in range(400)]
    kept, held = made.split(documents)
    assert 8 <= len(held) <= 35, "about one in twenty"
    assert sorted([*kept, *held], key=documents.index) == documents
    fewer_kept, fewer_held = made.split(documents[:200])
    assert set(fewer_held) <= set(held)
    assert set(fewer_kept) <= set(kept)


def test_of_few_files_the_last_tenth_is_held_out():
    kept, held = made.split([Document("a", "0123456789" * 10)])
    assert (kept[0].text, held[0].text) == ("0123456789" * 9, "0123456789")


def test_batches_depend_on_the_step_and_the_seed_alone(corpus):
    ids, targets = corpus.batch(step=3, batch_size=4, context_size=16, seed=0)
    assert ids.shape == targets.shape == (4, 16)
    assert torch.equal(ids[:, 1:], targets[:, :-1])
    again, _ = corpus.batch(3, 4, 16, 0)
    assert torch.equal(ids, again)
    text = np.asarray(corpus.training).tolist()
    assert any(text[start : start + 16] == ids[0].tolist() for start in range(len(text)))
    for other in (corpus.batch(4, 4, 16, 0), corpus.batch(3, 4, 16, 1)):
        assert not torch.equal(ids, other[0])


def test_all_of_the_text_is_drawn(tmp_path):
    corpus = training.prepare(write(tmp_path, {"a.txt": "abcdefghij" * 30}), tmp_path / "corpus", 257)
    length = len(corpus.training)
    object.__setattr__(corpus, "training", np.arange(length, dtype=np.uint16))
    drawn = torch.cat([targets.flatten() for step in range(400) for targets in corpus.batch(step, 4, 8, 0)])
    assert set(drawn.tolist()) == set(range(length))


def test_a_corpus_is_made_once_and_belongs_to_its_files(tmp_path):
    files = write(tmp_path, {"a.py": "import os\n" * 50, "b.py": "import sys\n" * 50})
    first = training.prepare(files, tmp_path / "corpus", 270)
    before = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "corpus").iterdir()}
    second = training.prepare(files, tmp_path / "corpus", 270)
    assert np.array_equal(first.training, second.training)
    assert before == {file.name: file.stat().st_mtime_ns for file in (tmp_path / "corpus").iterdir()}
    files[0].write_text("import re\n" * 50)
    with pytest.raises(ValueError, match="made of other files or with another vocabulary"):
        training.prepare(files, tmp_path / "corpus", 270)
    with pytest.raises(ValueError, match="made of other files or with another vocabulary"):
        training.prepare(files[1:], tmp_path / "corpus", 270)


def test_the_same_text_gives_the_same_tokens_wherever_it_lies(tmp_path):
    texts = {"a.py": "import os\r\nimport re\r\n" * 50, "sub/b.py": "x = [1, 2]\n" * 80}
    one = training.prepare(write(tmp_path / "one", texts), tmp_path / "c1", 280)
    unix = {name: text.replace("\r\n", "\n") for name, text in texts.items()}
    two = training.prepare(reversed(write(tmp_path / "two", unix)), tmp_path / "c2", 280)
    assert one.facts == two.facts
    assert np.array_equal(one.training, two.training)
    assert one.tokenizer.to_str() == two.tokenizer.to_str()


def test_what_is_no_text_is_left_out(tmp_path):
    files = write(tmp_path, {"a.py": "x = 1\n" * 50, "b.bin": b"\xff\xfe\x00", "empty.py": "  \n"})
    corpus = training.prepare(files, tmp_path / "corpus", 260)
    assert corpus.facts["training"]["files"] == 1
    with pytest.raises(ValueError, match=r"none of the 1 files under .* holds text in UTF-8"):
        training.prepare(files[1:2], tmp_path / "other", 260)
    with pytest.raises(ValueError, match="no files"):
        training.prepare([], tmp_path / "other", 260)
    with pytest.raises(ValueError, match="vocab_size = 200; it must be at least 257"):
        training.prepare(files[:1], tmp_path / "other", 200)
    assert not (tmp_path / "other" / "corpus.json").exists()


def test_a_torn_file_is_named(tmp_path):
    training.prepare(write(tmp_path, {"a.py": "x = 1\n" * 200}), tmp_path / "corpus", 260)
    file = tmp_path / "corpus" / "training.bin"
    os.truncate(file, file.stat().st_size - 2)
    with pytest.raises(ValueError, match=r"training.bin holds \d+ tokens, corpus.json says \d+"):
        training.open_corpus(tmp_path / "corpus")


def test_a_text_shorter_than_a_sequence_is_named(corpus):
    with pytest.raises(ValueError, match=r"context_size = 1000000 needs more"):
        corpus.batch(0, 1, 1_000_000, 0)


def test_large_vocabularies_have_room(tmp_path):
    corpus = training.prepare(write(tmp_path, {"a.py": "x = 1\n" * 50}), tmp_path / "corpus", 300)
    assert corpus.training.dtype == np.uint16
    assert math.log2(corpus.vocab_size) < 16
