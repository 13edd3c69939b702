"""Is this machine ready for the course? Readable ok/FAIL lines, for lesson 00 and for `python -m gpt2_ref doctor`."""

import ast
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from gpt2_ref.course.lessons import ROOT

PACKAGES = ("torch", "einops", "numpy", "matplotlib", "jupyterlab", "ipykernel", "ipywidgets", "pytest", "nbval")
GIGABYTE = 1024**3
MEMORY, DISK = 3.5, 1.0  # gigabytes: a lesson needs about one, the browser and the system the rest


@dataclass(frozen=True)
class Finding:
    """One line of the report; `detail` differs from machine to machine."""

    ok: bool
    what: str
    detail: str = ""
    remedy: str = ""

    def text(self, details: bool) -> str:
        """The line: ok lines say the same on every machine unless `details` are asked for."""
        shown = self.detail if details or not self.ok else ""
        return (
            f"{'ok  ' if self.ok else 'FAIL'}  {self.what}"
            + (f": {shown}" if shown else "")
            + (f"; {self.remedy}" if self.remedy and not self.ok else "")
        )


def check_environment(details: bool = False) -> None:
    """Print what the course needs and whether it is there."""
    for finding in report():
        print(finding.text(details))


def report(folder: Path | None = None) -> list[Finding]:
    """Everything the course needs of this machine; `folder` is where the learner works (the current one)."""
    return [_python(), *_packages(), _kernel(), _memory(), *_folder(folder or Path.cwd())]


def with_course() -> dict[str, str]:
    """The environment for a program that needs the course: this clone, also where it was moved once installed."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}


def installed(root: Path = ROOT) -> Finding:
    """Whether a Python started in any other folder finds the course, and this clone of it."""
    what, remedy = "the course is installed", f"run `python -m pip install -e .` in {root}"
    code = "import gpt2_ref; print(ascii(gpt2_ref.__path__[0]))"
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=elsewhere, capture_output=True, text=True, errors="replace"
        )
    if done.returncode:
        return Finding(False, what, (done.stderr.splitlines() or ["Python ended"])[-1], remedy)
    found = Path(ast.literal_eval(done.stdout.strip())).parent
    return Finding(found.resolve() == root.resolve(), what, str(found), remedy)


def _python() -> Finding:
    right = sys.version_info >= (3, 11)
    return Finding(right, "Python is 3.11 or newer", platform.python_version(), "install Python 3.11 or newer")


def pinned_versions(requirements: Path = ROOT / "requirements.txt") -> dict[str, str]:
    """Package -> version, as requirements.txt pins it; empty where the file is not there."""
    text = requirements.read_text(encoding="utf-8") if requirements.is_file() else ""
    return dict(re.findall(r"^([\w.-]+)==([^\s#;]+)", text, flags=re.MULTILINE))


def _packages() -> Iterator[Finding]:
    pinned = pinned_versions()
    for name in PACKAGES:
        wanted = pinned.get(name, "")
        what = f"{name} is installed" + (f" as {wanted}" if wanted else "")
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = ""
        right = bool(found) and (not wanted or found.partition("+")[0] == wanted)
        yield Finding(right, what, found or "it is not", "run: python -m pip install -r requirements.txt")


def _kernel() -> Finding:
    """Whether JupyterLab's python3 kernel is the Python that runs this."""
    what, remedy = "JupyterLab runs this Python", "start it with: python -m gpt2_ref lab"
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except ImportError:
        return Finding(False, what, "jupyter_client is missing", remedy)
    except NoSuchKernel:
        return Finding(False, what, "there is no kernel called python3", remedy)
    # A bare name stands for the Python of JupyterLab itself.
    same = os.path.dirname(program) == "" or os.path.normcase(program) == os.path.normcase(sys.executable)
    return Finding(same or "ipykernel" in sys.modules, what, program, remedy)


def _memory() -> Finding:
    what = f"at least {MEMORY:g} GB of memory"
    try:
        import psutil
    except ImportError:
        return Finding(False, what, "psutil is missing, so this is not known")
    found = psutil.virtual_memory().total / GIGABYTE
    return Finding(found >= MEMORY, what, f"{found:.1f} GB", "close other programs; long lessons may be slow")


def _folder(folder: Path) -> Iterator[Finding]:
    what = f"at least {DISK:g} GB of free disk"
    try:
        free = shutil.disk_usage(folder).free / GIGABYTE
        yield Finding(free >= DISK, what, f"{free:.1f} GB in {folder}", "make some room")
    except OSError as error:
        yield Finding(False, what, str(error))
    try:
        with tempfile.TemporaryFile(dir=folder):
            yield Finding(True, "this folder can be written", str(folder))
    except OSError as error:
        yield Finding(False, "this folder can be written", str(error), "your answers cannot be kept here")
