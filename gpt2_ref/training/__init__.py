"""Training: text files -> a model that continues such text, on one process or many."""

from gpt2_ref.training.corpus import Corpus, open_corpus, prepare, prepare_together, python_library
from gpt2_ref.training.loop import Diverged, Record, Training, load
from gpt2_ref.training.measure import baselines, bits_per_byte
from gpt2_ref.training.optimiser import make_optimiser
from gpt2_ref.training.processes import Processes, started
from gpt2_ref.training.schedule import learning_rate
from gpt2_ref.training.settings import ModelSettings, Settings
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
    "baselines",
    "bits_per_byte",
    "learning_rate",
    "load",
    "make_optimiser",
    "open_corpus",
    "prepare",
    "prepare_together",
    "python_library",
    "started",
]
