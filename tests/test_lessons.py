from pathlib import Path

import pytest

from gpt2_ref.course.lessons import Lesson, NoSuchLesson, discover, find


@pytest.fixture
def lessons(tmp_path: Path) -> list[Lesson]:
    folder = tmp_path / "solutions"
    folder.mkdir()
    for name, heading in [
        ("10_modern_gpt2", "# # 10 · A modern GPT-2"),
        ("00_start_here", "# # 00 · Start here"),
        ("01_layer_norm", "# # 01 · Layer normalisation"),
        ("02_untitled", "x = 1"),
    ]:
        (folder / f"{name}.py").write_text(f"# %% [markdown]\n{heading}\n", encoding="utf-8")
    (folder / "notes.py").write_text("", encoding="utf-8")
    return discover(tmp_path)


def test_lessons_are_discovered_in_order_with_their_titles(lessons: list[Lesson]):
    assert [lesson.number for lesson in lessons] == ["00", "01", "02", "10"]
    assert [lesson.title for lesson in lessons] == [
        "Start here",
        "Layer normalisation",
        "02_untitled",
        "A modern GPT-2",
    ]


def test_the_three_files_of_a_lesson(lessons: list[Lesson], tmp_path: Path):
    lesson = lessons[1]
    assert lesson.source == tmp_path / "solutions" / "01_layer_norm.py"
    assert lesson.solved == tmp_path / "solutions" / "01_layer_norm.ipynb"
    assert lesson.blank == tmp_path / "notebooks" / "01_layer_norm.ipynb"


@pytest.mark.parametrize(
    "text", ["01", "1", "01_layer_norm", "layer_norm", "01_layer_norm.ipynb", "notebooks/01_layer_norm.ipynb"]
)
def test_a_lesson_is_found_by(text: str, lessons: list[Lesson]):
    assert find(text, lessons).name == "01_layer_norm"


@pytest.mark.parametrize("text", ["3", "layer", "", "11", "-1", "²"])
def test_an_unknown_lesson_is_refused_with_the_list(text: str, lessons: list[Lesson]):
    with pytest.raises(NoSuchLesson, match="00_start_here, 01_layer_norm, 02_untitled, 10_modern_gpt2"):
        find(text, lessons)


def test_without_lessons_the_refusal_says_so():
    with pytest.raises(LookupError, match="none yet"):
        find("1", [])
