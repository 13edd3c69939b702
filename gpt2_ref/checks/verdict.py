"""What a learner is told: a pass, or a wrong answer with the name of the mistake; as text and as HTML."""

import html
from dataclasses import dataclass


def card(title: str, body: str, ink: str, paper: str) -> str:
    """A coloured box that sets both its text and its background, so that it reads on light and dark themes."""
    body = (
        f'<pre style="margin: 6px 0 0; color: {ink}; background: transparent">{html.escape(body)}</pre>' if body else ""
    )
    return (
        f'<div style="color: {ink}; background: {paper}; padding: 8px 12px; border-left: 4px solid {ink}; '
        f'border-radius: 4px"><strong>{html.escape(title)}</strong>{body}</div>'
    )


@dataclass(frozen=True)
class Passed:
    """A right answer. `remarks` are worth knowing and cost nothing."""

    exercise: str
    remarks: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "\n".join([f"✓ {self.exercise}", *(f"  note  {remark}" for remark in self.remarks)])

    def _repr_html_(self) -> str:
        return card(f"✓ {self.exercise}", "\n".join(self.remarks), ink="#0f5323", paper="#dafbe1")


class WrongAnswer(AssertionError):
    """An answer that is not right, in a few lines: what is wrong, the facts that show it, one question.

    exercise  name of the exercise
    title     what is wrong, in a few words: the mistake's name where it is known
    facts     pairs (label, text): input, expected, yours, where
    question  one question that leads on; never the solution
    mistake   stable slug of the mistake, None where the answer equals no known one
    """

    sign = "✗"

    def __init__(
        self,
        exercise: str,
        title: str,
        facts: tuple[tuple[str, str], ...] = (),
        question: str = "",
        mistake: str | None = None,
    ):
        super().__init__(exercise, title, facts, question, mistake)
        self.exercise = exercise
        self.title = title
        self.facts = facts
        self.question = question
        self.mistake = mistake

    def __str__(self) -> str:
        return "\n".join([f"{self.sign} {self.exercise}: {self.title}", *self._details()])

    def _details(self) -> list[str]:
        rows = [*self.facts, *([("think", self.question)] if self.question else [])]
        lines = []
        for label, text in rows:
            first, *rest = text.splitlines() or [""]
            lines += [f"  {label:<9} {first}", *(f"  {'':<9} {line}" for line in rest)]
        return [*lines, f'  {"stuck?":<9} hint("{self.exercise}")']

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()

    def _repr_html_(self) -> str:
        title = f"{self.sign} {self.exercise}: {self.title}"
        return card(title, "\n".join(self._details()), ink="#82071e", paper="#ffebe9")


class NotAttempted(WrongAnswer):
    """A blank that is still to be written."""

    sign = "·"


class UnknownExercise(KeyError):
    """A name that no exercise has."""

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Interrupted(KeyboardInterrupt):
    """The learner stopped a check while their own code was running."""

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()
