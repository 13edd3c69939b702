"""A training's whole state in one file, which is there complete or not at all."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

KEPT = 2
"""So many snapshots stay: the last one, and one before it in case the last is damaged."""


class SnapshotNotWritten(OSError):
    """A snapshot could not be written; the text says why, and which one is the last good one."""


@dataclass(frozen=True)
class Snapshot:
    """The state after `step` steps: tensors by name, and facts that JSON can hold."""

    step: int
    tensors: dict[str, Tensor]
    facts: dict[str, object]


@dataclass(frozen=True)
class Snapshots:
    """The snapshots in a folder: ``step-00000100-<sha256 of the content>.safetensors``.

    The name is given last, by renaming a file that is complete and on the disk, and it says what the content must
    be. A process killed at any moment therefore leaves the old snapshots or the new one as well; a file that the
    disk has torn is known by its name.

    warn is called with a text when a damaged snapshot is passed over.
    """

    folder: Path
    warn: Callable[[str], None] = print

    def write(self, snapshot: Snapshot) -> None:
        """Raises SnapshotNotWritten (an OSError) when it cannot, on a full disk for example; nothing is lost then."""
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for left_by_a_kill in self.folder.glob(".writing-*"):
                shutil.rmtree(left_by_a_kill, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=".writing-", dir=self.folder) as place:
                file = Path(place) / "snapshot"
                facts = json.dumps({"step": snapshot.step} | snapshot.facts)
                save_file(snapshot.tensors, file, metadata={"facts": facts})
                flush_to_disk(file)
                written = self.folder / f"step-{snapshot.step:08d}-{digest_of(file)}.safetensors"
                os.replace(file, written)
                flush_to_disk(self.folder)
        except (OSError, SafetensorError) as error:
            good = [step_of(file) for file in self.files() if is_whole(file)]
            last = f"the last good one is that of step {good[-1]}" if good else "there is no older one"
            raise SnapshotNotWritten(
                f"the snapshot of step {snapshot.step} was not written to {self.folder}: {error}; {last}. Make room "
                "there and run the same command again"
            ) from error
        older = [file for file in self.files() if step_of(file) < snapshot.step]
        outrun = [file for file in self.files() if step_of(file) >= snapshot.step and file != written]
        for file in [*older[: 1 - KEPT], *outrun]:  # what is as new as this one was damaged, or not gone on from
            file.unlink(missing_ok=True)

    def newest(self) -> Snapshot | None:
        """The last snapshot that is whole, or None when there is none."""
        for file in reversed(self.files()):
            if is_whole(file):
                return read(file)
            self.warn(f"{file} is damaged: the snapshot before it is used")
        return None

    def files(self) -> list[Path]:
        """Oldest first."""
        return sorted(self.folder.glob("step-*-*.safetensors"))


def step_of(file: Path) -> int:
    return int(file.name.split("-")[1])


def digest_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def is_whole(file: Path) -> bool:
    return file.stem.split("-")[2] == digest_of(file)


def read(file: Path) -> Snapshot:
    from safetensors import safe_open

    with safe_open(file, framework="pt") as content:
        facts = json.loads(content.metadata()["facts"])
        tensors = {name: content.get_tensor(name) for name in content.keys()}  # noqa: SIM118 - not a mapping
    return Snapshot(facts.pop("step"), tensors, facts)


def flush_to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a power cut."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open a folder
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
