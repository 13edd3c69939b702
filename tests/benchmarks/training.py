"""How fast a training step is, side by side with what people would use instead: ratios of medians, printed as a table.

    python tests/benchmarks/training.py                       # GPT-2 124M, 1 x 256 tokens, float32 and bfloat16
    python tests/benchmarks/training.py --shape small         # 6 layers of 384, 4 x 256 tokens, vocabulary 2,048
    python tests/benchmarks/training.py --device cuda --dtype bfloat16 --batch 16 --context 1024 --peak-tflops 989

Three contestants take a whole step each: forward, loss, backward, the gradient's norm cut to 1, AdamW with weight
decay on the matrices. "nanoGPT's design" is a model and a step as in that project, written afresh: one product for
query, key and value, exact GELU, layer norm and attention in torch's kernels, all logits, and AdamW that is fused on
a GPU only. transformers' model brings its own loss and takes the fused AdamW, as its Trainer does. Ours is
`gpt2_ref.training.Training`, its bookkeeping included. Each has a process of its own.

The rounds of all contestants alternate and the medians are compared; an absolute time says little on a shared
machine. Compiling takes about a minute for each contestant before the first round. Nothing is asserted here.
"""

import argparse
import multiprocessing
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gpt2_ref import training


@dataclass(frozen=True)
class Shape:
    vocab: int
    embed: int
    heads: int
    layers: int
    batch: int
    context: int


SHAPES = {"small": Shape(2048, 384, 6, 6, 4, 256), "124m": Shape(50257, 768, 12, 12, 1, 256)}
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
Step = Callable[[], object]


# nanoGPT's design


class Attention(nn.Module):
    def __init__(self, embed: int, heads: int):
        super().__init__()
        self.heads = heads
        self.into = nn.Linear(embed, 3 * embed)
        self.out = nn.Linear(embed, embed)

    def forward(self, x: Tensor) -> Tensor:
        parts = self.into(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(*parts, is_causal=True)
        return self.out(mixed.transpose(1, 2).flatten(2))


class Layer(nn.Module):
    def __init__(self, embed: int, heads: int):
        super().__init__()
        self.attend = nn.Sequential(nn.LayerNorm(embed), Attention(embed, heads))
        self.feed = nn.Sequential(
            nn.LayerNorm(embed), nn.Linear(embed, 4 * embed), nn.GELU(), nn.Linear(4 * embed, embed)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attend(x)
        return x + self.feed(x)


class Peer(nn.Module):
    """A GPT-2 in nanoGPT's design: ids and targets (batch, sequence) -> logits, loss."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.tokens = nn.Embedding(shape.vocab, shape.embed)
        self.positions = nn.Embedding(shape.context, shape.embed)
        self.layers = nn.Sequential(*(Layer(shape.embed, shape.heads) for _ in range(shape.layers)))
        self.norm = nn.LayerNorm(shape.embed)
        self.head = nn.Linear(shape.embed, shape.vocab, bias=False)
        self.head.weight = self.tokens.weight
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1], device=ids.device))
        logits = self.head(self.norm(self.layers(x)))
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten())


# The contestants


def adamw(model: nn.Module, fused: bool) -> torch.optim.AdamW:
    """Decay on everything that is a matrix, none on the rest."""
    parameters = list(model.parameters())
    groups = [
        {"params": [one for one in parameters if one.dim() > 1], "weight_decay": 0.1},
        {"params": [one for one in parameters if one.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=1e-4, betas=(0.9, 0.95), fused=fused or None)


def plain_steps(loss_of: Callable[..., Tensor], optimiser: torch.optim.Optimizer, shape: Shape, options) -> Step:
    """The loop that people write, around whatever gives the loss of ids and targets."""
    device, batches = options.device, torch.Generator().manual_seed(0)
    parameters = [one for group in optimiser.param_groups for one in group["params"]]

    def step() -> float:
        text = torch.randint(shape.vocab, (shape.batch, shape.context + 1), generator=batches).to(device)
        with torch.autocast(device, torch.bfloat16, enabled=options.autocast):
            loss = loss_of(text[:, :-1].contiguous(), text[:, 1:].contiguous())
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        return loss.item()

    return step


def design_of_nanogpt(shape: Shape, options) -> dict[str, Step]:
    model = Peer(shape).to(options.device)
    optimiser = adamw(model, fused=options.device == "cuda")
    forms = {"eager": model} | ({"compiled": torch.compile(model)} if options.compile else {})
    return {
        f"nanoGPT's design, {form}": plain_steps(lambda *text, run=run: run(*text)[1], optimiser, shape, options)
        for form, run in forms.items()
    }


def transformers(shape: Shape, options) -> dict[str, Step]:
    from transformers import GPT2Config, GPT2LMHeadModel

    sizes = {"vocab_size": shape.vocab, "n_positions": shape.context, "n_embd": shape.embed}
    sizes |= {"n_head": shape.heads, "n_layer": shape.layers}
    quiet = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0, "use_cache": False}
    model = GPT2LMHeadModel(GPT2Config(**sizes, **quiet, bos_token_id=None, eos_token_id=None)).to(options.device)
    optimiser = adamw(model.train(), fused=True)
    forms = {"eager": model} | ({"compiled": torch.compile(model)} if options.compile else {})
    return {
        # shift_labels are already the next tokens; with labels, the model would shift them once more
        f"transformers, {form}": plain_steps(
            lambda ids, targets, run=run: run(input_ids=ids, labels=ids, shift_labels=targets).loss,
            optimiser,
            shape,
            options,
        )
        for form, run in forms.items()
    }


class Noise:
    """Stands in for a corpus: random tokens."""

    def __init__(self, vocab_size: int):
        self.facts = {"fingerprint": "noise"}
        self.vocab_size = vocab_size
        self._generator = torch.Generator().manual_seed(0)

    def batch(self, step: int, batch_size: int, context_size: int, seed: int) -> tuple[Tensor, Tensor]:
        text = torch.randint(self.vocab_size, (batch_size, context_size + 1), generator=self._generator)
        return text[:, :-1], text[:, 1:]


def ours(shape: Shape, options) -> dict[str, Step]:
    training.keep_freed_memory()  # as `python -m gpt2_ref train` does
    sizes = training.ModelSettings(shape.vocab, shape.embed, shape.heads, shape.layers, shape.context)
    never = 10**9
    found = {}
    for form in ("eager", "compiled") if options.compile else ("eager",):
        settings = training.Settings(
            num_steps=never,
            batch_size=shape.batch,
            peak=1e-4,
            bfloat16=options.autocast,
            compile=form == "compiled",
            evaluate_every=never,
            save_every=never,
        )
        processes = training.Processes(device=torch.device(options.device))
        steps = iter(training.Training(sizes, Noise(shape.vocab), settings, processes=processes))
        found[f"gpt2_ref, {form}"] = lambda steps=steps: next(steps).loss
    return found


# Measuring


class Contestant:
    """A process that does a step when asked and says how long it took.

    Each has its own, so that what one does to its process (how it keeps memory, what it compiles) is its own affair.
    """

    def __init__(self, make: Callable[[Shape, object], dict[str, Step]], shape: Shape, options: argparse.Namespace):
        here, there = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=serve, args=(there, make, shape, options), daemon=True)
        self._process.start()
        self._connection = here
        self.forms = here.recv()

    def seconds(self, form: str) -> float:
        self._connection.send(form)
        return self._connection.recv()

    def end(self) -> None:
        self._connection.send(None)
        self._process.join()


def serve(connection, make: Callable[[Shape, object], dict[str, Step]], shape: Shape, options) -> None:
    torch.manual_seed(0)
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    steps = make(shape, options)
    connection.send(list(steps))
    while (form := connection.recv()) is not None:
        start = time.perf_counter()
        steps[form]()
        if options.device == "cuda":
            torch.cuda.synchronize()
        connection.send(time.perf_counter() - start)


def medians(contestants: list[Contestant], rounds: int) -> dict[str, float]:
    """The median time in seconds of each contestant's step, in each of its forms, run in turn."""
    times = {form: [] for contestant in contestants for form in contestant.forms}
    for number in range(-2, rounds):
        for contestant in contestants:
            for form in contestant.forms:
                seconds = contestant.seconds(form)
                if number >= 0:  # the rounds before warm up and compile
                    times[form].append(seconds)
    return {form: statistics.median(measured) for form, measured in times.items()}


def utilisation(seconds: float, shape: Shape, peak_tflops: float) -> float:
    """Model FLOPs utilisation as in Chowdhery et al. 2022 (PaLM, arXiv 2204.02311), appendix B.

    A token costs 6 FLOPs for each parameter, and 12 * layers * embed * sequence for attention.
    """
    positions = shape.context * shape.embed
    # Positions are added, not multiplied; the tied token embedding counts, as the output layer multiplies by it.
    num_parameters = sum(one.numel() for one in Peer(shape).parameters()) - positions
    per_token = 6 * num_parameters + 12 * shape.layers * shape.embed * shape.context
    return per_token * shape.batch * shape.context / seconds / (peak_tflops * 1e12)


def compare(shape: Shape, dtype: str, options) -> None:
    options.autocast = dtype == "bfloat16"
    contestants = [Contestant(make, shape, options) for make in (design_of_nanogpt, transformers, ours)]
    found = medians(contestants, options.rounds)
    for contestant in contestants:
        contestant.end()

    def best(of: str) -> float:
        return min(seconds for name, seconds in found.items() if name.startswith(of))

    print(f"\n{dtype}{' autocast' if options.autocast else ''}: {shape}")
    for name, seconds in found.items():
        line = (
            f"  {name:<28} {1000 * seconds:10.1f} ms   {best('nanoGPT') / seconds:5.2f} x nanoGPT's design at its best"
        )
        if options.peak_tflops is not None:
            line += f"   {utilisation(seconds, shape, options.peak_tflops):6.1%} of the peak"
        print(line)
    for peer in ("nanoGPT's design", "transformers"):
        print(f"  ours at its best against {peer} at its best: {best(peer) / best('gpt2_ref'):.2f} x")
    if options.peak_tflops is not None:
        print(
            "  share of the peak: 6 FLOPs a parameter and 12 * layers * embed * sequence a token (arXiv 2204.02311, B)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shape", choices=SHAPES, default="124m")
    parser.add_argument("--dtype", choices=(*DTYPES, "both"), default="both", help="bfloat16 is autocast")
    parser.add_argument("--batch", type=int, metavar="N", help="sequences; default: the shape's")
    parser.add_argument("--context", type=int, metavar="N", help="tokens of a sequence; default: the shape's")
    parser.add_argument("--rounds", type=int, default=7, metavar="N")
    parser.add_argument("--threads", type=int, metavar="N", help="default: torch's choice")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--peak-tflops", type=float, metavar="T", help="of the device in this dtype, to name its share")
    options = parser.parse_args()
    chosen = SHAPES[options.shape]
    shape = Shape(
        chosen.vocab,
        chosen.embed,
        chosen.heads,
        chosen.layers,
        options.batch or chosen.batch,
        options.context or chosen.context,
    )
    for dtype in DTYPES if options.dtype == "both" else (options.dtype,):
        compare(shape, dtype, options)


if __name__ == "__main__":
    main()
