"""How long a check takes, over the whole catalogue of answers, and what importing the package costs.

python tests/benchmarks/checks.py
"""

import statistics
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from test_answers import RIGHT, WRONG, label, load

from gpt2_ref.checks import WrongAnswer, examine


def seconds(path: Path) -> float:
    """The time of one check."""
    answer = load(path)
    start = time.perf_counter()
    with suppress(WrongAnswer):
        examine(answer, path.parent.name)
    return time.perf_counter() - start


def import_seconds(line: str) -> float:
    """The time a fresh Python takes to run an import."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", line], check=True)
    return time.perf_counter() - start


def main() -> None:
    first = seconds(RIGHT[-1])
    times = {path: seconds(path) for path in [*RIGHT, *WRONG]}
    worst = max(times, key=times.get)
    print(f"the first check after import torch: {first:.2f} s ({label(RIGHT[-1])})")
    print(
        f"{len(times)} checks: median {statistics.median(times.values()):.3f} s, worst {times[worst]:.2f} s ({label(worst)})"
    )
    ratios = [import_seconds("from gpt2_ref import check") / import_seconds("import torch") for _ in range(7)]
    print(
        f"from gpt2_ref import check / import torch: {statistics.median(ratios):.2f} (median of {len(ratios)} alternating runs)"
    )


if __name__ == "__main__":
    main()
