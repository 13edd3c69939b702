"""The desk in work/, JupyterLab's start, reset, the environment report and the command line around them."""

import errno
import io
import os
import subprocess
import sys
import time

import pytest

from gpt2_ref.course import bank, command_line, environment, lab
from gpt2_ref.course.lessons import Lesson
from gpt2_ref.course.records import MARKER, Desk

EMPTY = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture
def lessons(tmp_path):
    made = [Lesson(name[:2], name, name, tmp_path) for name in ("00_start_here", "01_layer_norm", "02_attention")]
    for lesson in made[:2]:  # the third one is not built
        lesson.blank.parent.mkdir(exist_ok=True)
        lesson.blank.write_text(EMPTY, encoding="utf-8")
    return made


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work"


def test_lessons_are_laid_out_where_absent_and_never_overwritten(lessons, work):
    assert lab.prepare_desk(work, lessons) == ["new lesson: 00_start_here.ipynb", "new lesson: 01_layer_norm.ipynb"]
    assert Desk.above(work).folder == work.resolve()
    (work / "00_start_here.ipynb").write_text("mine", encoding="utf-8")
    (work / "01_layer_norm.ipynb").unlink()
    assert lab.prepare_desk(work, lessons) == ["new lesson: 01_layer_norm.ipynb"]
    assert (work / "00_start_here.ipynb").read_text(encoding="utf-8") == "mine"
    assert lab.prepare_desk(work, lessons) == []


def test_my_gpt2_is_brought_up_to_date_and_the_answers_in_it_stay(lessons, work):
    lab.prepare_desk(work, lessons)
    package = work / "my_gpt2" / "__init__.py"
    newest = package.read_text(encoding="utf-8")
    assert newest == bank.PACKAGE
    package.write_text("# of an earlier version", encoding="utf-8")
    (work / "my_gpt2" / "softmax.py").write_text("mine", encoding="utf-8")
    lab.prepare_desk(work, lessons)
    lab.prepare_desk(work, lessons)
    assert package.read_text(encoding="utf-8") == newest
    assert (work / "my_gpt2" / "softmax.py").read_text(encoding="utf-8") == "mine"
    (backup,) = (work / "my_gpt2" / "earlier").iterdir()
    assert backup.read_text(encoding="utf-8") == "# of an earlier version"


def test_a_changed_lesson_is_told_with_the_command_that_gets_it(lessons, work):
    lab.prepare_desk(work, lessons)
    lessons[1].blank.write_text(EMPTY + "\n", encoding="utf-8")
    (line,) = lab.prepare_desk(work, lessons)
    assert line.startswith("01_layer_norm.ipynb has changed") and "`python -m gpt2_ref reset 01`" in line
    assert (work / "01_layer_norm.ipynb").read_text(encoding="utf-8") == EMPTY
    lab.reset(lessons[1], work)
    assert lab.prepare_desk(work, lessons) == []
    (work / MARKER).with_name("copies.json").write_text('["torn', encoding="utf-8")
    assert lab.prepare_desk(work, lessons) == []


def test_reset_keeps_every_backup(lessons, work):
    lab.prepare_desk(work, lessons)
    for text in ("first try", "second try"):
        (work / "01_layer_norm.ipynb").write_text(text, encoding="utf-8")
        Desk(work).update("GPT2LayerNorm", lambda record: record.hints_given.append("1"))
        lines = lab.reset(lessons[1], work)
    assert Desk(work).records()["GPT2LayerNorm"].hints_given == []
    backups = sorted((work / "backups").glob("01_layer_norm.*.ipynb"))
    assert {path.read_text(encoding="utf-8") for path in backups} == {"first try", "second try"}
    assert str(work / "01_layer_norm.ipynb") in lines[1] and any(str(path) in lines[0] for path in backups)
    assert (work / "01_layer_norm.ipynb").read_text(encoding="utf-8") == EMPTY


def test_reset_tells_what_befell_the_progress(lessons, work):
    lab.prepare_desk(work, lessons)
    (work / MARKER).write_text("torn", encoding="utf-8")
    assert any("progress.json was damaged" in line for line in lab.reset(lessons[1], work))


def test_reset_on_a_full_disk_leaves_the_learners_copy(lessons, work, monkeypatch):
    lab.prepare_desk(work, lessons)
    (work / "01_layer_norm.ipynb").write_text("mine", encoding="utf-8")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(lab, "keep_backup", full)
    with pytest.raises(OSError, match="No space left"):
        lab.reset(lessons[1], work)
    assert (work / "01_layer_norm.ipynb").read_text(encoding="utf-8") == "mine"


def test_solutions_are_signed_and_a_failure_does_not_matter(lessons, tmp_path, monkeypatch):
    from nbformat.sign import NotebookNotary

    signed = []
    monkeypatch.setattr(NotebookNotary, "__init__", lambda self: None)
    monkeypatch.setattr(NotebookNotary, "sign", lambda self, notebook: signed.append(notebook))
    for lesson, content in zip(lessons, (EMPTY, "no notebook", EMPTY), strict=True):
        lesson.solved.parent.mkdir(exist_ok=True)
        lesson.solved.write_text(content, encoding="utf-8")
    lab.trust_solutions(lessons)
    assert len(signed) == 2


@pytest.fixture
def started(monkeypatch):
    """What would have been run: (command, options) in place of JupyterLab."""
    calls = []

    start = subprocess.Popen

    def recorded(command, **options):
        calls.append((command, options))
        return start([sys.executable, "-c", "pass"])

    monkeypatch.setattr(lab.subprocess, "Popen", recorded)
    monkeypatch.setattr(lab, "trust_solutions", lambda: None)
    return calls


def test_lab_opens_the_first_lesson_on_the_desk(lessons, work, started, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    lab.prepare_desk(work, lessons)
    assert lab.start_lab(["--no-browser"], work) == 0
    ((command, options),) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"] and command[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={work}" in command
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in command
    assert options["env"]["PYTHONPATH"].split(os.pathsep)[0] == str(environment.ROOT)
    assert options["env"]["JUPYTER_CONFIG_PATH"] == os.pathsep.join([str(lab.CONFIG), "theirs"])


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a program without telling it")
def test_stopping_the_command_stops_jupyterlab(lessons, work, tmp_path):
    code = (
        "import subprocess, sys; from pathlib import Path; from gpt2_ref.course import lab; start = subprocess.Popen; "
        "child = 'import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(60)'; "
        "lab.trust_solutions = lambda: None; "
        "lab.subprocess.Popen = lambda command, **_: start([sys.executable, '-c', child, sys.argv[1]]); "
        "lab.start_lab([], Path('.'))"
    )
    note = tmp_path / "pid"
    command = subprocess.Popen([sys.executable, "-c", code, str(note)])
    while not (note.exists() and note.read_text()):
        time.sleep(0.05)
    command.terminate()
    command.wait(20)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_jupyterlab_reads_our_page_settings(monkeypatch):
    from jupyterlab_server.config import get_page_config

    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(lab.CONFIG))
    page = get_page_config([])
    assert "@jupyterlab/apputils-extension:announcements" in page["disabledExtensions"]


# The command line


@pytest.fixture
def clone(lessons, tmp_path, monkeypatch):
    """The command line as in a clone of the course that has these lessons."""
    monkeypatch.setattr(command_line, "ROOT", tmp_path)
    monkeypatch.setattr(command_line, "LESSONS", lessons)
    monkeypatch.setattr(command_line, "find", lambda text: next(one for one in lessons if one.number == text))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_lab_command_passes_options_on(clone, started, capsys):
    assert command_line.main(["lab", "--no-browser", "--", "--port=9999"]) == 0
    assert started[0][0][-2:] == ["--no-browser", "--port=9999"]
    assert command_line.main(["lab", "--prepare-only"]) == 0
    assert len(started) == 1 and f"your lessons are in {clone / 'work'}" in capsys.readouterr().out


def test_reset_and_progress_commands(clone, capsys):
    assert command_line.main(["progress"]) == 2
    assert "there is no desk" in capsys.readouterr().err
    assert command_line.main(["lab", "--prepare-only"]) == 0
    assert command_line.main(["reset", "01"]) == 0
    assert "your copy is kept as" in capsys.readouterr().out
    assert command_line.main(["progress"]) == 0
    assert "· GPT2LayerNorm" in capsys.readouterr().out
    assert command_line.main(["reset", "02"]) == 2
    assert "02_attention.ipynb is missing" in capsys.readouterr().err


def test_unknown_options_are_refused_except_for_lab(clone, capsys):
    with pytest.raises(SystemExit) as stopped:
        command_line.main(["progress", "--no-browser"])
    assert stopped.value.code == 2 and "unknown: --no-browser" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command_line.main(["lab", "--port", "9999", "--ip=0", "foo"])
    assert "unknown: foo\n" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command_line.main(["grade", "--cell-timeout", "0"])


def test_a_console_without_the_sign_gets_it_anyway(clone, monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", console)
    Desk(clone / "work").create()
    Desk(clone / "work").update("softmax", lambda record: setattr(record, "passed", True))
    assert command_line.main(["progress"]) == 0
    console.flush()
    assert "✓ softmax" in console.buffer.getvalue().decode("utf-8")


# The environment


def test_report_is_the_same_on_every_machine_when_all_is_well(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(environment, "_packages", lambda: [environment.Finding(True, "torch is installed", "2.13.0")])
    findings = environment.report(tmp_path)
    shown = "\n".join(finding.text(details=False) for finding in findings if finding.ok)
    assert str(tmp_path) not in shown and "2.13.0" not in shown and "ok    this folder can be written" in shown
    environment.check_environment()
    assert "Python is 3.11 or newer\n" in capsys.readouterr().out


def test_wrong_and_missing_packages_are_told_with_the_remedy(monkeypatch):
    def version(name):
        if name == "einops":
            raise environment.metadata.PackageNotFoundError
        return {"torch": "2.13.0+cpu", "numpy": "1.0"}.get(name, pinned[name])

    pinned = environment.pinned_versions()
    monkeypatch.setattr(environment.metadata, "version", version)
    lines = [finding.text(details=False) for finding in environment.report()]
    remedy = "; run: python -m pip install -r requirements.txt"
    assert "ok    torch is installed as 2.13.0" in lines
    assert f"FAIL  einops is installed as {pinned['einops']}: it is not{remedy}" in lines
    assert f"FAIL  numpy is installed as {pinned['numpy']}: 1.0{remedy}" in lines


def test_every_package_a_learner_needs_is_pinned():
    assert set(environment.PACKAGES) <= set(environment.pinned_versions())


def test_folder_that_cannot_be_written_is_a_failure(tmp_path):
    lines = [finding.text(details=False) for finding in environment.report(tmp_path / "nowhere")]
    assert any(line.startswith("FAIL  this folder can be written") for line in lines)


def test_a_moved_clone_is_told_with_the_remedy(tmp_path):
    assert environment.installed().ok
    line = environment.installed(tmp_path).text(details=True)
    assert line.startswith("FAIL  the course is installed: ") and "run `python -m pip install -e .` in" in line


def test_doctor_command(capsys):
    command_line.main(["doctor"])
    assert "torch is installed as 2.13.0: 2.13.0" in capsys.readouterr().out
