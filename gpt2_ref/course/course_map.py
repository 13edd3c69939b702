"""What a learner has done so far, as a table in a notebook and as lines in a terminal."""

import html
from dataclasses import dataclass

SIGNS = {"done": "✓", "tried": "✗", "to do": "·"}
# Text and background are both set, so that the table reads on light and dark themes.
COLOURS = {"done": ("#0f5323", "#dafbe1"), "tried": ("#82071e", "#ffebe9"), "to do": ("#424a53", "#eaeef2")}
CELL = "padding: 6px 10px; text-align: left; color: #24292f; background: #ffffff; border: 1px solid #d0d7de"


@dataclass(frozen=True)
class Step:
    """One exercise on the map; `state` is a key of SIGNS, `mistake` what the last wrong try was called."""

    lesson: str
    exercise: str
    state: str
    mistake: str = ""

    def __str__(self) -> str:
        return f"{SIGNS[self.state]} {self.exercise}" + (f" ({self.mistake})" if self.mistake else "")


@dataclass(frozen=True)
class CourseMap:
    """The exercises of the course in order. Shown as a table in a notebook, as text by `print`."""

    steps: tuple[Step, ...]

    @property
    def passed(self) -> dict[str, dict[str, bool]]:
        """For each lesson its exercises, and whether they are passed."""
        return {
            lesson: {step.exercise: step.state == "done" for step in steps} for lesson, steps in self._lessons().items()
        }

    def _lessons(self) -> dict[str, list[Step]]:
        lessons: dict[str, list[Step]] = {}
        for step in self.steps:
            lessons.setdefault(step.lesson, []).append(step)
        return lessons

    def _summary(self) -> str:
        done = sum(step.state == "done" for step in self.steps)
        return f"{done} of {len(self.steps)} exercises done"

    def __repr__(self) -> str:
        lessons = self._lessons()
        width = max(map(len, lessons), default=0)
        lines = []
        for lesson, steps in lessons.items():
            for place, step in enumerate(steps):
                lines.append(f"{lesson if place == 0 else '':<{width}}  {step}")
        return "\n".join([*lines, self._summary()])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="{CELL}">{html.escape(lesson)}</td>'
            f'<td style="{CELL}">{"".join(map(_chip, steps))}</td></tr>'
            for lesson, steps in self._lessons().items()
        )
        return (
            f'<table style="border-collapse: collapse"><caption style="{CELL}; caption-side: bottom">'
            f"{self._summary()}</caption>{rows}</table>"
        )


def _chip(step: Step) -> str:
    ink, paper = COLOURS[step.state]
    style = f"color: {ink}; background: {paper}; padding: 2px 8px; margin-right: 6px; border-radius: 10px"
    return f'<span style="{style}">{html.escape(str(step))}</span>'
