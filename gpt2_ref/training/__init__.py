"""Training: text files -> a model that continues such text, on one process or many."""

from gpt2_ref.training.corpus import (
    Corpus,
    open_corpus,
    prepare,
    prepare_together,
    python_library,
    read_documents,
    split,
)
from gpt2_ref.training.loop import Diverged, Record, Training, load
from gpt2_ref.training.measure import baselines, bits_per_byte
from gpt2_ref.training.memory import keep_freed_memory
from gpt2_ref.training.optimiser import make_optimiser
from gpt2_ref.training.processes import Processes, started
from gpt2_ref.training.schedule import learning_rate
from gpt2_ref.training.settings import ModelSettings, Settings, as_plain
from gpt2_ref.training.snapshots import Snapshot, SnapshotNotWritten, Snapshots

__all__ = [
    "Corpus",
    "Diverged",
    "ModelSettings",
    "Processes",
    "Record",
    "Settings",
    "Snapshot",
    "SnapshotNotWritten",
    "Snapshots",
    "Training",
    "as_plain",
    "baselines",
    "bits_per_byte",
    "keep_freed_memory",
    "learning_rate",
    "load",
    "make_optimiser",
    "open_corpus",
    "prepare",
    "prepare_together",
    "python_library",
    "read_documents",
    "split",
    "started",
]
