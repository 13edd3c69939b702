"""`python -m gpt2_ref.course.publish runs/python runs/further`: put a trained model into the package, with its card.

For maintainers: this is how gpt2_ref/pretrained was made, and how it is made again.
"""

import argparse
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from gpt2_ref import training
from gpt2_ref.checkpoints import BUILT_IN
from gpt2_ref.course import train

FOLDER = BUILT_IN["python"]
HOW = "--batch 8 --bfloat16 --evaluate-every 250 --save-every 250 --threads 1"
COMMANDS = (
    f"python -m gpt2_ref train --out runs/python --steps 10000 --peak 2e-3 --warmup 200 {HOW}",
    "python -m gpt2_ref train --out runs/further --start-from runs/python --seed 1 --steps 7000 --peak 1.5e-3 "
    f"--final 5e-5 --warmup 100 {HOW}",
)
"""What made the model: a training, and a second one that goes on with the weights of the first."""
PROMPT = "class Stack:\n    def __init__(self"
CARD = """# A small GPT-2 that writes Python

{num_parameters:,} parameters: {num_layers} layers, {num_heads} heads of {head_size}, {embed_size} numbers per token,
a context of {context_size} tokens. The vocabulary has {vocab_size:,} tokens (byte-level byte-pair encoding, learned
on the same text). The files are those of a GPT-2 on the Hugging Face hub, {megabytes:.1f} MB together:
`gpt2_ref.GPT2.from_pretrained("python")` loads them, and so does transformers'
`GPT2LMHeadModel.from_pretrained` with this folder.

It is here to be looked at: small enough for a lesson, trained enough to have learned something. It is no assistant:
what it writes looks like Python and does nothing useful.

## Training

```sh
{commands}
```

Text: the source code of the standard library of Python {python}, tests left out: {training_files} files,
{training_bytes:,} bytes, {training_tokens:,} tokens. {held_out_files} more files ({held_out_bytes:,} bytes) were held
out; {tables} of them are tables of `encodings`, which are easier than code. The model saw {seen:,} tokens, the text
{passes:.1f} times, in {minutes:.0f} minutes on one core of a busy machine, without a GPU. [losses.csv](losses.csv)
holds the loss of every step of both trainings, one after the other.

## Bits per byte on the held-out files

| | bits per byte |
|---|---|
{table}

The model predicts each token from those before it in a sequence of {context_size}. Unigram and bigram are the
frequencies of tokens in the training text. gzip and xz press the held-out text alone; "xz, primed" is what xz adds
for it after the training text. Lower is better.

## Samples

The first three of seed 0, at temperature 0.7, after

```python
{prompt}
```

{samples}
## Licence

The weights are the project's own, under its licence (MIT). No text of the standard library is stored here.
"""


def finished(run: Path, command: str) -> training.Snapshot:
    """The last snapshot of a training. Raises ValueError when the command did not make it, or it is not finished."""
    snapshot = training.Snapshots(run / "snapshots").newest()
    if snapshot is None:
        raise ValueError(f"{run} holds no training")
    how = train.settings_of(options_of(command))
    asked = training.as_plain(how)
    if any(asked[name] != value for name, value in snapshot.facts["settings"].items()):
        raise ValueError(f"{run} was not made by: {command}")
    if snapshot.step < how.num_steps:
        raise ValueError(f"{run} has done {snapshot.step} of {how.num_steps} steps")
    return snapshot


def options_of(command: str) -> argparse.Namespace:
    return train.make_parser("").parse_args(shlex.split(command)[4:])


def card(runs: Sequence[Path]) -> str:
    """The model card of finished trainings: every number in it is read from them or measured here."""
    snapshots = [finished(run, command) for run, command in zip(runs, COMMANDS, strict=True)]
    run, sizes = runs[-1], training.ModelSettings(**snapshots[-1].facts["model"])
    corpus = training.open_corpus(run / "corpus")
    model = training.load(run)
    held_out = training.bits_per_byte(model, corpus.held_out, corpus.bytes_of, sizes.context_size)
    rows = {"this model": held_out} | training.baselines(corpus)
    ids = torch.tensor([corpus.tokenizer.encode(PROMPT).ids])
    written = model.generate(
        ids, 120, num_return_sequences=3, temperature=0.7, generator=torch.Generator().manual_seed(0), progress=False
    )
    hows = [train.settings_of(options_of(command)) for command in COMMANDS]
    seen = sum(how.num_steps * how.batch_size * sizes.context_size for how in hows)
    _, held = training.split(training.read_documents(training.python_library()))
    return CARD.format(
        **vars(sizes),
        num_parameters=sum(parameter.numel() for parameter in model.parameters()),
        head_size=sizes.embed_size // sizes.num_heads,
        megabytes=(sum((run / name).stat().st_size for name in NAMES) + len(losses(runs))) / 1e6,
        commands="\n".join(COMMANDS),
        python=".".join(map(str, sys.version_info[:3])),
        **{f"{part}_{kind}": number for part in PARTS for kind, number in corpus.facts[part].items()},
        tables=sum(document.name.startswith("encodings/cp") for document in held),
        seen=seen,
        passes=seen / corpus.facts["training"]["tokens"],
        minutes=sum(snapshot.facts["seconds"] for snapshot in snapshots) / 60,
        table="\n".join(f"| {name} | {bits:.3f} |" for name, bits in rows.items()),
        prompt=PROMPT,
        samples="".join(f"```python\n{corpus.tokenizer.decode(row.tolist())}\n```\n\n" for row in written),
    )


PARTS = ("training", "held_out")
NAMES = ("config.json", "model.safetensors", "tokenizer.json")
LOSSES = "losses.csv"


def losses(runs: Sequence[Path]) -> str:
    """The tables of several trainings as one, the steps counted on."""
    lines, done = [], 0
    for run in runs:
        head, *rows = (run / LOSSES).read_text(encoding="utf-8").splitlines()
        lines = lines or [head]
        for row in rows:
            step, rest = row.split(",", 1)
            lines.append(f"{done + int(step)},{rest}")
        done = int(lines[-1].split(",")[0])
    return "\n".join(lines) + "\n"


def main(runs: Sequence[Path], folder: Path = FOLDER) -> None:
    text = card(runs)
    folder.mkdir(exist_ok=True)
    for name in NAMES:
        shutil.copyfile(runs[-1] / name, folder / name)
    (folder / LOSSES).write_text(losses(runs), encoding="utf-8")
    (folder / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]])
