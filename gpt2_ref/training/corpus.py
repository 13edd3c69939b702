"""Text files -> tokens on disk: a tokenizer, tokens to train on, and tokens held out to judge by."""

import hashlib
import json
import os
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from gpt2_ref.training.processes import Processes, wait_for_all

if TYPE_CHECKING:
    from tokenizers import Tokenizer

END_OF_TEXT = "<|endoftext|>"
"""Stands between two files, so that a model learns where one ends. Its id is 0."""
DESCRIPTION, TOKENIZER, TRAINING, HELD_OUT = "corpus.json", "tokenizer.json", "training.bin", "held_out.bin"
ONE_IN = 20
"""One file in so many is held out."""

Track = Callable[[Iterable[Path]], Iterable[Path]]
"""Hands the files through, one by one, and may show how far it is."""


def python_library() -> list[Path]:
    """The source files of Python's standard library, on the disk of everyone who runs this; its tests left out."""
    root = Path(sysconfig.get_path("stdlib"))
    left_out = {"site-packages", "dist-packages", "test", "tests", "idle_test", "lib2to3", "__pycache__"}
    return sorted(path for path in root.rglob("*.py") if not left_out & set(path.relative_to(root).parts))


@dataclass(frozen=True)
class Document:
    """One file: its name within the folder that all files share, and its text."""

    name: str
    text: str


def read_documents(files: Sequence[Path]) -> list[Document]:
    """The files that hold text, in the order of their names; those that are empty or not UTF-8 are left out.

    Raises ValueError when there is nothing to read, and OSError when a file cannot be read.
    """
    files = sorted({Path(file).resolve() for file in files})
    if not files:
        raise ValueError("there are no files to train on")
    root = Path(os.path.commonpath([file.parent for file in files]))
    documents = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if text.strip():
            documents.append(Document(file.relative_to(root).as_posix(), text))
    if not documents:
        raise ValueError(f"none of the {len(files)} files under {root} holds text in UTF-8")
    return documents


def split(documents: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """What is trained on, and what is held out.

    A file is held out by its name alone, so that it stays so when other files come or go. Of fewer than 2 x 20
    files the last tenth of each is held out instead.
    """
    if len(documents) >= 2 * ONE_IN:
        chosen = [int(hashlib.sha256(one.name.encode()).hexdigest(), 16) % ONE_IN == 0 for one in documents]
        if any(chosen) and not all(chosen):
            pairs = list(zip(documents, chosen, strict=True))
            return [one for one, held in pairs if not held], [one for one, held in pairs if held]
    cuts = [len(one.text) * 9 // 10 for one in documents]
    pairs = list(zip(documents, cuts, strict=True))
    return (
        [Document(one.name, one.text[:cut]) for one, cut in pairs],
        [Document(one.name, one.text[cut:]) for one, cut in pairs],
    )


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> "Tokenizer":
    """Byte-level byte-pair encoding, as GPT-2's: any text has tokens, and decoding gives it back.

    Sennrich et al. 2016, arXiv 1508.07909, on bytes (Radford et al. 2019). Raises ValueError for a vocabulary that
    cannot hold the 256 bytes and the end of a text.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    if not 257 <= vocab_size <= 2**31:
        raise ValueError(f"vocab_size = {vocab_size}; it must be at least 257, for 256 bytes and {END_OF_TEXT}")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=[END_OF_TEXT], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


@dataclass(frozen=True)
class Corpus:
    """Tokens of a text, mapped from disk and read as they are needed.

    training, held_out  1-D arrays of ids
    facts               how many files, bytes and tokens each part has, and the fingerprint of the text
    """

    folder: Path
    tokenizer: "Tokenizer"
    training: np.ndarray
    held_out: np.ndarray
    facts: dict[str, object]

    @property
    def vocab_size(self) -> int:
        return self.tokenizer.get_vocab_size()

    @cached_property
    def bytes_of(self) -> Tensor:
        """(vocab,): how many bytes of text each token stands for; none for the end of a text."""
        lengths = [len(self.tokenizer.id_to_token(token)) for token in range(self.vocab_size)]
        lengths[self.tokenizer.token_to_id(END_OF_TEXT)] = 0
        return torch.tensor(lengths)

    def batch(self, step: int, batch_size: int, context_size: int, seed: int) -> tuple[Tensor, Tensor]:
        """The batch of this step: ids and, one token later, targets, (batch, sequence) both.

        It depends on nothing but the arguments: a training that goes on after a stop sees the batches it would
        have seen. Raises ValueError when the text is shorter than one sequence.
        """
        if len(self.training) <= context_size:
            raise ValueError(
                f"the text has {len(self.training)} tokens to train on; context_size = {context_size} needs more"
            )
        starts = np.random.default_rng([seed, step]).integers(len(self.training) - context_size, size=batch_size)
        rows = np.stack([self.training[start : start + context_size + 1] for start in starts])
        ids = torch.from_numpy(rows.astype(np.int64))
        return ids[:, :-1], ids[:, 1:]

    def held_out_text(self) -> bytes:
        """The held-out text as bytes, without the ends between files."""
        return self._bytes(self.held_out)

    def training_text(self) -> bytes:
        return self._bytes(self.training)

    def _bytes(self, ids: np.ndarray) -> bytes:
        return self.tokenizer.decode(ids.tolist(), skip_special_tokens=True).encode("utf-8")


def prepare(
    files: Sequence[Path], folder: Path, vocab_size: int, track: Track = iter, tokenizer: "Tokenizer | None" = None
) -> Corpus:
    """The corpus of these files, made in `folder` unless it is there already.

    With a tokenizer, its vocabulary is used; without, one of `vocab_size` tokens is learned from the files.

    Raises ValueError for files without text, and when the folder holds the corpus of other files.
    """
    documents = read_documents(files)
    digest = hashlib.sha256(f"{vocab_size}\n".encode() if tokenizer is None else tokenizer.to_str().encode())
    for document in documents:
        digest.update(f"{document.name}\n{len(document.text)}\n{document.text}".encode())
    fingerprint = digest.hexdigest()
    if (folder / DESCRIPTION).is_file():
        corpus = open_corpus(folder)
        if corpus.facts["fingerprint"] != fingerprint:
            raise ValueError(f"{folder} was made of other files or with another vocabulary; give another folder")
        return corpus
    folder.mkdir(parents=True, exist_ok=True)
    training, held_out = split(documents)
    tokenizer = tokenizer or train_tokenizer((document.text for document in training), vocab_size)
    kind = np.uint16 if tokenizer.get_vocab_size() <= 2**16 else np.uint32
    facts: dict[str, object] = {"fingerprint": fingerprint, "dtype": kind.__name__}
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder) as place:
        new = Path(place)
        for name, part in ((TRAINING, training), (HELD_OUT, held_out)):
            num_tokens = 0
            with (new / name).open("wb") as file:
                for ids in encode(tokenizer, part, track):
                    np.array(ids, dtype=kind).tofile(file)
                    num_tokens += len(ids)
            facts[name.removesuffix(".bin")] = {
                "files": len(part),
                "bytes": sum(len(document.text.encode()) for document in part),
                "tokens": num_tokens,
            }
        tokenizer.save(str(new / TOKENIZER))
        (new / DESCRIPTION).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        for name in (TRAINING, HELD_OUT, TOKENIZER, DESCRIPTION):  # the description last: it says that all is there
            os.replace(new / name, folder / name)
    return open_corpus(folder)


def encode(tokenizer: "Tokenizer", documents: Sequence[Document], track: Track) -> Iterator[list[int]]:
    """The ids of each document, with the end of a text after it."""
    end = tokenizer.token_to_id(END_OF_TEXT)
    if end is None:
        raise ValueError(f"the tokenizer has no {END_OF_TEXT}, which stands between two files")
    for document in track(documents):
        yield [*tokenizer.encode(document.text).ids, end]


def open_corpus(folder: Path) -> Corpus:
    """The corpus that `prepare` made in this folder. Raises ValueError when it is not there or damaged."""
    from tokenizers import Tokenizer

    from gpt2_ref.checkpoints import read_json

    facts = read_json(folder / DESCRIPTION)
    parts = {}
    for name in (TRAINING, HELD_OUT):
        file, dtype = folder / name, np.dtype(str(facts["dtype"]))
        wanted = facts[name.removesuffix(".bin")]["tokens"]
        found = file.stat().st_size // dtype.itemsize if file.is_file() else 0
        if found != wanted:
            raise ValueError(f"{file} holds {found} tokens, {DESCRIPTION} says {wanted}: remove {folder} and run again")
        parts[name] = np.memmap(file, dtype=dtype, mode="r")
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    return Corpus(folder, tokenizer, parts[TRAINING], parts[HELD_OUT], facts)


def prepare_together(
    files: Sequence[Path],
    folder: Path,
    vocab_size: int,
    processes: Processes,
    track: Track = iter,
    tokenizer: "Tokenizer | None" = None,
) -> Corpus:
    """`prepare`, for many processes: the first one makes the corpus, the others wait for it."""
    if processes.first:
        prepare(files, folder, vocab_size, track, tokenizer)
    wait_for_all(processes)
    return open_corpus(folder)
