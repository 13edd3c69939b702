"""A stop that waits for the end of a step."""

import signal
import threading
from types import FrameType


class Stop:
    """While it lasts, the first Ctrl-C, stop button or SIGTERM only sets `asked`; the second interrupts at once."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> "Stop":
        main = threading.current_thread() is threading.main_thread()  # only there may signals be handled
        self._before = {number: signal.signal(number, self._ask) for number in self.SIGNALS} if main else {}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
