"""The house style of the pictures, how they are shown, and how a slider redraws them.

A picture is a matplotlib `Figure` that carries its own description in words and numbers. The
description is the alt text for readers who cannot see the picture, and the part of the output that a
test can compare: images differ from machine to machine, the numbers must not.
"""

import base64
import html
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipywidgets import DOMWidget, VBox
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart with every common form of colour blindness.
BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
GREY, INK = "#8a8f98", "#24292f"
HEAT = "Blues"

STYLE = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 10,
    "xtick.color": INK,
    "ytick.color": INK,
}


def figure(width: float = 7, height: float = 3, rows: int = 1, columns: int = 1) -> "tuple[Figure, Any]":
    """A new figure of `width` x `height` inches and its axes: one, or an array of rows x columns."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        drawing = Figure(figsize=(width, height), layout="constrained")
        return drawing, drawing.subplots(rows, columns)


def headline(axes: "Axes", text: str, color: str = INK) -> None:
    """The title of a panel: what it shows, in one line at the left."""
    axes.set_title(text, loc="left", fontsize=11, color=color)


def describe(drawing: "Figure", text: str) -> "Figure":
    """Store what the figure shows, in words and with its numbers, and return the figure."""
    drawing.set_label(text)
    return drawing


def as_html(drawing: "Figure") -> str:
    """The figure as one <img> element with its description as alt text."""
    pixels = io.BytesIO()
    drawing.savefig(pixels, format="png", dpi=110, metadata={"Software": None})
    data = base64.b64encode(pixels.getvalue()).decode("ascii")
    alt = html.escape(str(drawing.get_label()), quote=True)
    return f'<img src="data:image/png;base64,{data}" alt="{alt}" style="max-width: 100%; border-radius: 6px">'


def show(drawing: "Figure") -> None:
    """Display a described figure in the notebook."""
    from IPython.display import display

    if not drawing.get_label():
        raise ValueError("this figure has no description; give it one with describe(figure, text)")
    display({"text/html": as_html(drawing), "text/plain": str(drawing.get_label())}, raw=True)


def explore(draw: "Callable[..., Figure]", **controls: "DOMWidget") -> "VBox":
    """Controls above a picture that is drawn again, by ``draw(**values)``, whenever one of them moves.

    An error in `draw`, which runs the learner's code, is shown in the picture's place.
    """
    import ipywidgets as widgets

    picture = widgets.HTML()

    def redraw(_change: object = None) -> None:
        try:
            picture.value = as_html(draw(**{name: control.value for name, control in controls.items()}))
        except Exception as error:
            message = html.escape(f"{type(error).__name__}: {error}")
            picture.value = f'<pre style="color: #82071e; background: #ffebe9; padding: 8px">{message}</pre>'

    for control in controls.values():
        control.observe(redraw, names="value")
    redraw()
    return widgets.VBox([*controls.values(), picture])
