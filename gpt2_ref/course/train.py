"""`python -m gpt2_ref train`: a training in a terminal, with a progress bar."""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from gpt2_ref import training
from gpt2_ref.checkpoints import GPT2, is_plain, load_tokenizer

SETTINGS = training.Settings()
SIZES = training.ModelSettings(vocab_size=2048)
SIZE_OPTIONS = (
    ("vocab", "vocab_size", "tokens in the vocabulary"),
    ("embed", "embed_size", "numbers per token"),
    ("heads", "num_heads", "query heads"),
    ("layers", "num_layers", "blocks"),
    ("context", "context_size", "tokens in a training sequence"),
    ("window", "window_size", "sliding-window attention over so many tokens"),
    ("groups", "num_groups", "key/value heads"),
)


def main(words: Sequence[str], text: str) -> int:
    """Train, or go on with the training in this folder; 0 when it is complete, 130 when it was stopped."""
    options = make_parser(text).parse_args(words)
    if options.threads is not None:
        if options.threads < 1:
            raise ValueError(f"--threads {options.threads}; it must be at least 1")
        torch.set_num_threads(options.threads)
    training.keep_freed_memory()
    with training.started(options.parallel, options.device) as processes, quiet_unless(processes.first):
        return run(options, processes)


def make_parser(text: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gpt2_ref train", description=text)
    parser.add_argument(
        "texts", nargs="*", type=Path, metavar="TEXT", help="files or folders; default: Python's standard library"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("runs/python"), metavar="DIR", help="where the training lives (%(default)s)"
    )
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="where its tokens live; default: DIR/corpus")
    parser.add_argument(
        "--start-from", metavar="MODEL", help="train this model further: a folder, python, or a name on the hub"
    )
    model = parser.add_argument_group("the model, unless it starts from another")
    for name, field, text in SIZE_OPTIONS:
        default = getattr(SIZES, field)
        model.add_argument(f"--{name}", type=int, metavar="N", help=f"{text} ({default})", dest=field)
    model.add_argument("--rotary", action="store_true", default=None, help="rotary positions instead of learned ones")
    how = parser.add_argument_group("the training")
    for name, default, kind, text in (
        ("steps", SETTINGS.num_steps, int, "updates of the weights"),
        ("batch", SETTINGS.batch_size, int, "sequences in a batch, over all processes"),
        ("accumulate", SETTINGS.accumulate, int, "parts in which a process works through its share of a batch"),
        ("peak", SETTINGS.peak, float, "highest learning rate"),
        ("final", SETTINGS.final, float, "learning rate at the end"),
        ("warmup", SETTINGS.warmup_steps, int, "steps over which the learning rate rises"),
        ("weight-decay", SETTINGS.weight_decay, float, "of matrices"),
        ("clip", SETTINGS.max_norm, float, "the gradient's norm is cut to this"),
        ("seed", SETTINGS.seed, int, "of weights and batches"),
        ("evaluate-every", SETTINGS.evaluate_every, int, "steps between two looks at the held-out text"),
        ("save-every", SETTINGS.save_every, int, "steps between two snapshots"),
    ):
        how.add_argument(f"--{name}", type=kind, default=default, metavar="N", help=f"{text} (%(default)s)")
    how.add_argument("--bfloat16", action="store_true", help="compute products in bfloat16")
    how.add_argument(
        "--onednn",
        action=argparse.BooleanOptionalAction,
        default=SETTINGS.onednn,
        help="compute float32 products on a CPU by oneDNN (default: yes, where it is there)",
    )
    how.add_argument("--compile", action="store_true", help="use torch.compile, which needs a C++ compiler")
    machine = parser.add_argument_group("the machine")
    machine.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="default: a GPU if there is")
    machine.add_argument("--parallel", choices=("ddp", "fsdp"), help="train with the processes that torchrun started")
    machine.add_argument("--threads", type=int, metavar="N", help="threads of each process; default: torch's choice")
    return parser


def text_files(texts: list[Path]) -> list[Path]:
    """The files that are named, and all files under the folders that are named."""
    found = []
    for path in texts:
        if path.is_dir():
            found += [
                file
                for file in sorted(path.rglob("*"))
                if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
            ]
        elif path.is_file():
            found.append(path)
        else:
            raise ValueError(f"there is no file or folder {path}")
    return found


@contextlib.contextmanager
def quiet_unless(first: bool) -> Iterator[None]:
    """Of many processes, one speaks."""
    if first:
        yield
        return
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        yield


def run(options: argparse.Namespace, processes: training.Processes) -> int:
    files = text_files(options.texts) if options.texts else training.python_library()
    folder = options.corpus or options.out / "corpus"
    sizes = {field: getattr(options, field) for field in vars(SIZES) if getattr(options, field) is not None}
    start = tokenizer = None
    if options.start_from is not None:
        if sizes:
            raise ValueError(f"{', '.join(sizes)} cannot be chosen with --start-from: the model has its own")
        start, tokenizer = GPT2.from_pretrained(options.start_from), load_tokenizer(options.start_from)
    vocab_size = sizes.get("vocab_size", SIZES.vocab_size)
    corpus = training.prepare_together(files, folder, vocab_size, processes, reading, tokenizer)
    facts = corpus.facts
    for part in ("training", "held_out"):
        numbers = facts[part]
        print(
            f"{part.replace('_', ' '):9} {numbers['files']:,} files, {numbers['bytes']:,} bytes, "
            f"{numbers['tokens']:,} tokens"
        )
    trained = training.Training(
        training.ModelSettings(**(sizes | {"vocab_size": corpus.vocab_size}))
        if start is None
        else training.ModelSettings.of(start),
        corpus,
        settings_of(options),
        training.Snapshots(options.out / "snapshots", warn=lambda text: print(text, file=sys.stderr)),
        processes,
        start,
    )
    num_parameters = sum(parameter.numel() for parameter in trained.model.parameters())
    print(f"model     {num_parameters:,} parameters, in {options.out}")
    if trained.step:
        print(f"going on after step {trained.step:,}")
    stopped = False
    try:
        watch(trained, processes.first)
    except KeyboardInterrupt:
        stopped = True
    if processes.first:
        finish(trained, options.out)
        if stopped:
            print(f"stopped after step {trained.step:,}; the same command goes on from there")
    return 130 if stopped else 0


def reading(documents):
    return tqdm(documents, desc="reading", unit="file", leave=False, disable=None)


def settings_of(options: argparse.Namespace) -> training.Settings:
    return training.Settings(
        num_steps=options.steps,
        batch_size=options.batch,
        accumulate=options.accumulate,
        peak=options.peak,
        final=options.final,
        warmup_steps=options.warmup,
        weight_decay=options.weight_decay,
        max_norm=options.clip,
        seed=options.seed,
        bfloat16=options.bfloat16,
        onednn=options.onednn,
        compile=options.compile,
        evaluate_every=options.evaluate_every,
        save_every=options.save_every,
    )


def watch(trained: training.Training, show: bool) -> None:
    """A bar with the loss, and a line whenever the held-out text was looked at."""
    settings = trained.settings
    tokens = settings.batch_size * trained.model_settings.context_size
    with tqdm(
        total=settings.num_steps * tokens,
        initial=trained.step * tokens,
        desc="training",
        unit="token",
        unit_scale=True,
        disable=None if show else True,
    ) as bar:
        for record in trained:
            bar.update(tokens)
            bar.set_postfix_str(f"loss {record.loss:.3f}", refresh=False)
            if record.held_out is not None:
                bar.write(
                    f"step {record.step:>6,}  loss {record.loss:.4f}  held out {record.held_out:.4f} bits per byte",
                    file=sys.stdout,
                )


def finish(trained: training.Training, folder: Path) -> None:
    """Leave the model where `from_pretrained` finds it, if it is a GPT-2; say what was reached."""
    if not trained.step:
        return
    model = training.load(folder)
    if model.position_embedding is not None and all(is_plain(block.attention) for block in model.blocks):
        model.save_pretrained(folder, trained.corpus.tokenizer)
        print(f"GPT2.from_pretrained({str(folder)!r}) loads this model")
    else:
        print(f"gpt2_ref.training.load({str(folder)!r}) loads this model")
    if trained.step == trained.settings.num_steps:
        print(f"held out  {trained.history[-1].held_out:.4f} bits per byte after {trained.seconds / 60:.1f} minutes")
        for name, bits in training.baselines(trained.corpus).items():
            print(f"  {name:12} {bits:.4f}")
