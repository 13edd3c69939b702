"""What each process of torchrun does in test_parallel.py: parallel_worker.py KIND CORPUS OUT.

Trains a tiny model in several ways, one after the other; the first process writes what came out as JSON.
"""

import json
import sys
from pathlib import Path

import torch

from gpt2_ref.training import ModelSettings, Settings, Snapshots, Training, open_corpus, started

MODEL = ModelSettings(vocab_size=300, embed_size=32, num_heads=2, num_layers=2, context_size=16, num_groups=1)
SETTINGS = Settings(num_steps=50, batch_size=8, warmup_steps=5, peak=3e-3, evaluate_every=25, save_every=1000)


def train(corpus, until=None, folder=None, accumulate=1, processes=None):
    """The records of a training in a folder, from where it stands there until after step `until`."""
    settings = Settings(**(vars(SETTINGS) | {"accumulate": accumulate}))
    snapshots = None if folder is None else Snapshots(folder)
    training = Training(MODEL, corpus, settings, snapshots, *([] if processes is None else [processes]))
    for record in training:
        if record.step == until:
            break
    return [vars(record) for record in training.history]


def main(kind: str, corpus_folder: Path, out: Path) -> None:
    torch.set_num_threads(1)
    corpus = open_corpus(corpus_folder)
    with started(kind, "cpu") as processes:
        found = {kind: train(corpus, processes=processes)}
        found[f"{kind}, in parts"] = train(corpus, accumulate=2, processes=processes)
        # A single process has left a training after step 10; each kind takes it further.
        train(corpus, until={"ddp": 20, "fsdp": 30}[kind], folder=out / "handed_on", processes=processes)
    if processes.first:
        (out / f"{kind}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
