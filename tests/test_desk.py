"""check, hint and progress: what is remembered, and that no file trouble ever hides an answer's verdict."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from gpt2_ref import checks
from gpt2_ref.course import desk, records, storage
from gpt2_ref.course.records import MARKER, Desk, Record

NAME = "GPT2LayerNorm"


class GPT2LayerNorm:
    """Stands for an answer; what `examine` says of it is set by `verdict`."""

    def forward(self, x):
        return x


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(records, "_pending", {})
    monkeypatch.setattr(desk, "_last_checked", None)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    Desk(tmp_path).create()
    (tmp_path / "deeper").mkdir()
    monkeypatch.chdir(tmp_path / "deeper")
    return tmp_path


@pytest.fixture
def verdict(monkeypatch):
    """Sets what examine does: a mistake's slug, None for right, NotAttempted for blank."""

    def examine(answer, exercise=None):
        name = exercise or answer.__name__
        if examine.outcome is checks.NotAttempted:
            raise checks.NotAttempted(name, "not written yet")
        if examine.outcome:
            raise checks.WrongAnswer(name, "wrong", mistake=examine.outcome)
        return checks.Passed(name)

    def set_outcome(outcome):
        examine.outcome = outcome

    monkeypatch.setattr(checks, "examine", examine)
    return set_outcome


def wrong(verdict, slug="unbiased-variance", exercise=None):
    verdict(slug)
    with pytest.raises(checks.WrongAnswer):
        desk.check(GPT2LayerNorm, exercise)


def stored(folder):
    return json.loads((folder / MARKER).read_text(encoding="utf-8"))["exercises"]


def test_checks_are_remembered_in_the_desk_above(folder, verdict, capsys):
    verdict(checks.NotAttempted)
    with pytest.raises(checks.NotAttempted):
        desk.check(GPT2LayerNorm)
    assert stored(folder)[NAME] == {"passed": False, "tries": 0, "last_mistake": None, "hints_given": []}
    wrong(verdict)
    assert stored(folder)[NAME] == {"passed": False, "tries": 1, "last_mistake": "unbiased-variance", "hints_given": []}
    assert "✗ GPT2LayerNorm (the variance is unbiased)" in repr(desk.progress())
    verdict(None)
    desk.check(GPT2LayerNorm)
    assert stored(folder)[NAME]["passed"] and capsys.readouterr().out.startswith("✓ GPT2LayerNorm\n")
    wrong(verdict)
    assert desk.progress().passed["01_layer_norm"] == {NAME: True}  # what was right once stays done


def test_right_answer_is_kept(folder, verdict, capsys):
    verdict(None)
    desk.check(GPT2LayerNorm)
    assert "kept in my_gpt2/GPT2LayerNorm.py" in capsys.readouterr().out
    assert "class GPT2LayerNorm" in (folder / "my_gpt2" / "GPT2LayerNorm.py").read_text(encoding="utf-8")


def test_without_a_desk_nothing_is_written(tmp_path, verdict, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    verdict(None)
    desk.check(GPT2LayerNorm)
    wrong(verdict, exercise="softmax")
    assert desk.progress().passed["01_layer_norm"][NAME] and repr(desk.progress()) == repr(desk.progress())
    assert capsys.readouterr().out == "✓ GPT2LayerNorm\n" and not list(tmp_path.iterdir())


def test_solutions_on_the_desk_are_not_the_learners_work(folder, verdict, monkeypatch):
    (folder / "solutions").mkdir()
    monkeypatch.chdir(folder / "solutions")
    verdict(None)
    desk.check(GPT2LayerNorm)
    assert stored(folder) == {} and not (folder / "my_gpt2").exists()


def test_while_grading_checks_are_recorded_and_the_desk_left_alone(folder, verdict, monkeypatch):
    monkeypatch.setenv(records.RECORD, str(folder / "record.jsonl"))
    wrong(verdict)
    verdict(None)
    desk.check(GPT2LayerNorm)
    desk.hint(NAME)
    told = [json.loads(line) for line in (folder / "record.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(one["exercise"], one["passed"], one["attempted"], one["mistake"]) for one in told] == [
        (NAME, False, True, "unbiased-variance"),
        (NAME, True, True, None),
    ]
    assert "✗ GPT2LayerNorm: wrong" in told[0]["text"]
    assert stored(folder) == {} and not (folder / "my_gpt2").exists()


# Hints


def test_hints_speak_of_the_mistake_and_end_with_the_solution(folder, verdict, tmp_path_factory, monkeypatch):
    clone = tmp_path_factory.mktemp("clone")
    storage.write_atomically(clone / "solutions" / "01_layer_norm.ipynb", "solved")
    monkeypatch.setattr(desk, "ROOT", clone)
    task = checks.EXERCISES[NAME]
    wrong(verdict)
    told = [desk.hint() for _ in range(4)]
    mistake = task.mistake("unbiased-variance")
    about = f"Your last check: {mistake.title}. {mistake.hint}\n"
    assert [one.text for one in told[:3]] == [about + text for text in task.hints]
    assert told[3].text.splitlines() == [*task.hints, "The solution is in solutions/01_layer_norm.ipynb."]
    assert (folder / "solutions" / "01_layer_norm.ipynb").read_text(encoding="utf-8") == "solved"
    assert desk.hint("GPT2LayerNorm") == desk.hint(GPT2LayerNorm) == told[3]
    assert stored(folder)[NAME]["hints_given"] == ["1", "2", "3"]


def test_hint_before_any_check_is_for_the_first_exercise_to_do(folder):
    (folder / MARKER).write_text(
        json.dumps({"exercises": {"softmax": {"passed": True, "tries": 1, "last_mistake": None, "hints_given": []}}}),
        encoding="utf-8",
    )
    assert desk.hint().exercise == NAME
    with pytest.raises(checks.UnknownExercise, match="no exercise is called"):
        desk.hint("GPT9")


def test_hint_and_progress_set_text_and_background(folder, verdict):
    wrong(verdict)
    for shown in (desk.hint(NAME), desk.progress()):
        page = shown._repr_html_()
        assert page.count("color: #") >= 2 and "background: #" in page and "<script" not in page


# Trouble with files


@pytest.mark.parametrize(
    "content", ["", '{"exercises": {"softmax": {"pas', "[]", '{"exercises": []}', "[" * 100000, "\udcff"]
)
def test_damaged_progress_is_set_aside_and_begun_afresh(folder, verdict, content, capsys):
    (folder / MARKER).write_bytes(content.encode("utf-8", errors="surrogateescape"))
    before = (folder / MARKER).read_bytes()
    assert "0 of" in repr(desk.progress())
    verdict(None)
    desk.check(GPT2LayerNorm)
    said = capsys.readouterr().out
    assert "✓ GPT2LayerNorm" in said and "progress.json was damaged; it is kept as progress." in said
    (backup,) = (folder / MARKER).parent.glob("progress.2*.json")
    assert backup.read_bytes() == before and stored(folder)[NAME]["passed"]


def test_hand_edited_entry_costs_only_itself(folder, verdict, capsys):
    good = {"passed": True, "last_mistake": None, "hints_given": [], "new": 1}  # a field is missing, one unknown
    text = json.dumps({"exercises": {"softmax": good, "causal_attention": {"passed": "yes"}}})
    (folder / MARKER).write_text("\ufeff" + text, encoding="utf-8")
    verdict(None)
    desk.check(GPT2LayerNorm)
    said = capsys.readouterr().out
    assert "damaged" in said and "what could be read of it is kept" in said
    assert stored(folder).keys() == {"softmax", NAME} and stored(folder)["softmax"]["passed"]


def test_missing_and_unknown_fields_are_no_damage(folder):
    (folder / MARKER).write_text('{"exercises": {"softmax": {"passed": true, "new": 1}}}', encoding="utf-8")
    assert Desk(folder).update(NAME, lambda record: None) == ""
    assert stored(folder)["softmax"] == {"passed": True, "tries": 0, "last_mistake": None, "hints_given": []}


def test_the_courses_own_class_is_not_counted(folder, verdict, monkeypatch, capsys):
    verdict(None)
    monkeypatch.setattr(GPT2LayerNorm, "__module__", "gpt2_ref.model.layer_norm")
    desk.check(GPT2LayerNorm)
    said = "✓ GPT2LayerNorm\nthis is the course's own GPT2LayerNorm, not yours: it is not counted\n"
    assert capsys.readouterr().out == said and stored(folder) == {} and not (folder / "my_gpt2").exists()


def test_full_disk_never_hides_a_right_answer(folder, verdict, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    verdict(None)
    with monkeypatch.context() as patch:
        patch.setattr(storage.os, "replace", full)
        desk.check(GPT2LayerNorm)
        said = capsys.readouterr().out
        assert said.startswith("✓ GPT2LayerNorm\n") and said.count("No space left on device") == 2
        assert len(said.splitlines()) == 3
        assert desk.progress().passed["01_layer_norm"][NAME]  # kept in memory ...
        assert stored(folder) == {} and not list(folder.rglob("*.tmp"))
        wrong(verdict)
    Desk.above().update("softmax", lambda record: None)
    assert stored(folder)[NAME]["passed"] and stored(folder)[NAME]["tries"] == 2  # ... and stored when there is room


def test_read_only_desk_never_hides_a_right_answer(folder, verdict, monkeypatch, capsys):
    def read_only(path, mode="r", *args, **options):
        if set(mode) & set("wxa+"):
            raise PermissionError(13, "Permission denied", str(path))
        return open(path, mode, *args, **options)

    monkeypatch.setattr(storage, "open", read_only, raising=False)
    verdict(None)
    desk.check(GPT2LayerNorm)
    said = capsys.readouterr().out
    assert said.startswith("✓ GPT2LayerNorm\n") and "could not be stored: [Errno 13] Permission denied" in said


def test_deleted_folder_is_memory_only(tmp_path, verdict, monkeypatch, capsys):
    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(records.Path, "cwd", gone)
    verdict(None)
    desk.check(GPT2LayerNorm)
    assert capsys.readouterr().out == "✓ GPT2LayerNorm\n"


WRITER = """
import sys
from pathlib import Path
from gpt2_ref.course.records import Desk
desk = Desk(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(int(sys.argv[3])):
    def change(record):
        record.tries += 1
    line = desk.update(sys.argv[2], change)
    assert not line, line
"""


def write_in_another_kernel(folder, exercise, times):
    command = [sys.executable, "-c", WRITER, str(folder), exercise, str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_kernels_lose_no_entry(folder):
    others = [write_in_another_kernel(folder, name, 40) for name in ("both", "both", "alone")]
    assert [other.wait(60) for other in others] == [0, 0, 0]
    assert {name: entry["tries"] for name, entry in stored(folder).items()} == {"both": 80, "alone": 40}


def test_killed_kernel_loses_nothing_and_blocks_nobody(folder):
    Desk(folder).update(NAME, lambda record: setattr(record, "passed", True))
    other = write_in_another_kernel(folder, "loop", 10**6)
    assert other.stdout.readline() == "ready\n"
    deadline = time.monotonic() + 30
    while "loop" not in stored(folder) and time.monotonic() < deadline:
        time.sleep(0.01)
    other.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    other.wait(30)
    assert stored(folder)[NAME]["passed"] and stored(folder)["loop"]["tries"] > 0
    assert Desk(folder).update(NAME, lambda record: None) == ""


def test_lock_held_too_long_is_told(folder, monkeypatch):
    monkeypatch.setattr(storage, "PATIENCE", 0.1)
    with storage.exclusive((folder / MARKER).with_name("lock")):
        line = Desk(folder).update(NAME, lambda record: None)
    assert "another program has held lock for 0.1 seconds" in line


# Storage


def test_write_atomically_keeps_the_old_file_when_it_fails(tmp_path, monkeypatch):
    path = tmp_path / "a" / "file.txt"
    storage.write_atomically(path, "old")

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(storage.os, "fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        storage.write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old" and list(path.parent.iterdir()) == [path]


def test_a_full_disk_names_the_file_and_leaves_no_part_of_a_backup(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    (tmp_path / "file.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*file\.2.*\.txt'"):
        storage.keep_backup(tmp_path / "file.txt", tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_backups_never_replace_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr(storage.time, "strftime", lambda _: "now")
    path = tmp_path / "file.txt"
    names = []
    for number in range(3):
        path.write_text(str(number), encoding="utf-8")
        names.append(storage.keep_backup(path, tmp_path / "backups"))
    assert [one.name for one in names] == ["file.now.txt", "file.now-2.txt", "file.now-3.txt"]
    assert [one.read_text(encoding="utf-8") for one in names] == ["0", "1", "2"]


def test_record_refuses_what_it_would_not_have_written():
    with pytest.raises(ValueError, match="tries is '3'"):
        Record.from_json({"passed": True, "tries": "3", "last_mistake": None, "hints_given": []})


def test_a_cell_that_changes_the_folder_does_not_lose_the_desk(folder, verdict, tmp_path_factory, monkeypatch):
    monkeypatch.setattr("gpt2_ref.course.records.STARTED_IN", folder)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    wrong(verdict)
    assert stored(folder)[NAME]["tries"] == 1
