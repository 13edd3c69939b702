"""Writing a learner's files so that a crash, a full disk or a second kernel loses nothing."""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

PATIENCE = 5.0  # seconds to wait for another program to let go of a file


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace `path` by `content` at once: whoever reads sees the old file or the new one, never a part.

    Makes the folder where it is missing. Raises OSError, and leaves no half-written file, when it cannot be done.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        with open(unfinished, "xb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        _replace(unfinished, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        if isinstance(error, OSError):  # a full disk does not say which file it was
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def _replace(source: Path, target: Path) -> None:
    # Windows refuses to replace a file while another program has it open.
    for pause in (0.05, 0.2, 0.5):
        try:
            return os.replace(source, target)
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(pause)
    os.replace(source, target)


def keep_backup(path: Path, folder: Path) -> Path:
    """Copy `path` into `folder` under its name and the time, never over another file, and return the copy's path."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    names = (f"{path.stem}.{stamp}{f'-{count}' if count > 1 else ''}{path.suffix}" for count in itertools.count(1))
    backup = next(folder / name for name in names if not (folder / name).exists())
    write_atomically(backup, path.read_bytes())
    return backup


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file `path`: one program at a time. The system lets go of it when a program is killed.

    Raises OSError when another program holds it for longer than PATIENCE.
    """
    with open(path, "a+b") as file:
        deadline = time.monotonic() + PATIENCE
        while not _lock(file.fileno()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"another program has held {path.name} for {PATIENCE:g} seconds")
            time.sleep(0.02)
        yield


if os.name == "nt":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            os.lseek(file, 0, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
