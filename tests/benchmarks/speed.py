"""How fast the reference is, side by side with what people would use instead: ratios of medians, printed as a table.

    python tests/benchmarks/speed.py            # everything, some ten minutes on two cores
    python tests/benchmarks/speed.py decode     # one part: decode, prefill, window, groups, rolling

Each part runs its contestants in turn, several rounds, and compares the medians; an absolute time says little on
a shared machine. Nothing is asserted here.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from gpt2_ref import GPT2, RotaryPositionalEncoding, SlidingWindowAttention
from gpt2_ref.model import Window, attend_fused

SMALL = (50257, 768, 12, 3072, 12)


def medians(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median time in seconds of each contestant, run in turn."""
    times = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            if number:  # the first round warms up
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(measured) for name, measured in times.items()}


def report(what: str, found: dict[str, float], peer: str) -> None:
    """One line for each contestant: its time, and how many times as fast as the peer it is."""
    print(f"\n{what}")
    for name, seconds in found.items():
        print(f"  {name:<44} {1000 * seconds:10.1f} ms   {found[peer] / seconds:6.2f} x")


def hugging_face(dtype: torch.dtype) -> torch.nn.Module:
    from transformers import GPT2Config, GPT2LMHeadModel

    return GPT2LMHeadModel(GPT2Config(bos_token_id=None, eos_token_id=None)).eval().to(dtype)


def written_by(model: torch.nn.Module, ids: Tensor, number: int) -> Callable[[], object]:
    """Greedy text of this many new tokens from either kind of model."""
    if isinstance(model, GPT2):
        return lambda: model.generate(ids, ids.shape[1] + number, temperature=0, progress=False)
    options = {"attention_mask": torch.ones_like(ids), "do_sample": False, "pad_token_id": 0}
    return lambda: model.generate(ids, max_new_tokens=number, **options)


def decode(rounds: int) -> None:
    """128 new tokens after a prompt of 16, GPT-2 124M."""
    ids, number = torch.randint(50257, (1, 16)), 128
    for dtype in (torch.float32, torch.bfloat16):
        models = {"transformers": hugging_face(dtype), "gpt2_ref": GPT2(*SMALL).eval().to(dtype)}
        found = medians({name: written_by(model, ids, number) for name, model in models.items()}, rounds)
        report(f"one new token, {dtype}", {name: seconds / number for name, seconds in found.items()}, "transformers")


def prefill(rounds: int) -> None:
    """The first token after a prompt of 1023, GPT-2 124M."""
    ids = torch.randint(50257, (1, 1023))
    for dtype in (torch.float32, torch.bfloat16):
        models = {"transformers": hugging_face(dtype), "gpt2_ref": GPT2(*SMALL).eval().to(dtype)}
        found = medians({name: written_by(model, ids, 1) for name, model in models.items()}, rounds)
        report(f"first token after 1,023, {dtype}", found, "transformers")


@torch.no_grad()
def window(rounds: int) -> None:
    """A window of 256 over growing texts, 12 heads of 64."""
    for length in (1024, 4096, 16384):
        query, key, value = torch.randn(3, 1, 12, length, 64)
        positions = torch.arange(length)
        distance = positions[:, None] - positions[None, :]
        band = (distance >= 0) & (distance < 256)
        contestants = {
            "dense causal attention": partial(F.scaled_dot_product_attention, query, key, value, is_causal=True),
            "band mask, as in transformers' Mistral": partial(F.scaled_dot_product_attention, query, key, value, band),
            "gpt2_ref, window 256": partial(attend_fused, query, key, value, positions, positions, Window(256)),
        }
        if length > 4096:
            rounds = min(rounds, 3)
        report(f"{length:,} tokens", medians(contestants, rounds), "dense causal attention")


@torch.no_grad()
def groups(rounds: int) -> None:
    """One query against 16,384 cached keys: 12 heads, 12 or 2 or 1 key/value heads."""
    query = torch.randn(1, 12, 1, 64)
    last, positions = torch.tensor([16383]), torch.arange(16384)
    contestants = {}
    for number in (12, 2, 1):
        key, value = torch.randn(2, 1, number, 16384, 64)
        contestants[f"{number} key/value heads"] = partial(attend_fused, query, key, value, last, positions)
    key, value = torch.randn(2, 1, 2, 16384, 64)
    contestants["2, repeated for each head"] = lambda: F.scaled_dot_product_attention(
        query, key.repeat_interleave(6, dim=1), value.repeat_interleave(6, dim=1)
    )
    report("one query, 16,384 keys", medians(contestants, 10 * rounds), "12 key/value heads")


def rolling(rounds: int) -> None:
    """100,000 tokens written with a window of 256: time and memory as it goes."""
    torch.set_num_threads(1)  # products this small gain nothing from a second core
    rotary = RotaryPositionalEncoding(16)
    attention = partial(SlidingWindowAttention, window_size=256, num_groups=1, rotary=rotary)
    model = GPT2(256, 64, 4, 256, 2, attention=attention, learned_positions=False).eval()
    print("\n100,000 tokens, window 256, a small model")
    start, last = time.perf_counter(), 0
    for number, _ in enumerate(model.stream(torch.zeros(1, 1, dtype=torch.long), max_length=100_001), 1):
        if number in (1_000, 10_000, 25_000, 50_000, 75_000, 100_000):
            now = time.perf_counter()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"  {number:>7,}  {1e6 * (now - start) / (number - last):7.0f} us a token   peak memory {peak:6.0f} MiB"
            )
            start, last = now, number


PARTS = {part.__name__: part for part in (decode, prefill, window, groups, rolling)}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for name in options.parts or PARTS:
        PARTS[name](options.rounds)
