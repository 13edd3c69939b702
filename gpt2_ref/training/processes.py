"""One process or many: who computes which part of a batch, and how the parts come together.

Many processes are started by torchrun and speak through torch.distributed: gloo on CPUs, nccl on GPUs.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_state_dict, set_state_dict

Kind = Literal["ddp", "fsdp"]


@dataclass(frozen=True)
class Processes:
    """Where this process stands among those that train one model together.

    kind  None: alone; "ddp": each process holds the whole model (Li et al. 2020, arXiv 2006.15704); "fsdp": each
          holds a share of every weight, and fetches the rest when it is needed (Zhao et al. 2023, arXiv 2304.11277)
    """

    rank: int = 0
    count: int = 1
    kind: Kind | None = None
    device: torch.device = torch.device("cpu")  # noqa: RUF009 - a device never changes

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and speaks for all."""
        return self.rank == 0

    def wrap(self, model: nn.Module, blocks: nn.ModuleList) -> nn.Module:
        """The model in the form in which these processes train it together."""
        if self.kind == "ddp":
            return nn.parallel.DistributedDataParallel(model)
        if self.kind == "fsdp":
            from torch.distributed.fsdp import fully_shard

            for block in blocks:
                fully_shard(block)
            return fully_shard(model)
        return model

    def together(self, wrapped: nn.Module, last: bool):
        """A context for one part of a batch: gradients are exchanged with the other processes after the last part."""
        if self.kind == "ddp" and not last:
            return wrapped.no_sync()
        if self.kind == "fsdp":
            wrapped.set_requires_gradient_sync(last)
        return nullcontext()

    def mean(self, values: Tensor) -> Tensor:
        """The mean over all processes; the same on each."""
        if self.kind is not None:
            dist.all_reduce(values)
            values /= self.count
        return values

    def state(self, model: nn.Module, optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
        """Weights and the optimiser's state under names that do not depend on the processes; empty but on the first."""
        options = StateDictOptions(full_state_dict=True, cpu_offload=True)
        weights, moments = get_state_dict(model, optimiser, options=options)
        if not self.first:
            return {}
        tensors = {f"model/{name}": tensor for name, tensor in weights.items()}
        for name, entries in moments["state"].items():
            tensors |= {f"optimiser/{name}/{kind}": tensor for kind, tensor in entries.items()}
        return tensors

    def restore(self, model: nn.Module, optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
        """Put what `state` gave into the model and its optimiser, however many processes there were then or are now."""
        options = StateDictOptions(full_state_dict=True)
        _, moments = get_state_dict(model, optimiser, options=options)
        weights = {name.removeprefix("model/"): one for name, one in tensors.items() if name.startswith("model/")}
        for name, entries in moments["state"].items():
            for kind in entries:
                entries[kind] = tensors[f"optimiser/{name}/{kind}"]
        set_state_dict(model, optimiser, model_state_dict=weights, optim_state_dict=moments, options=options)


@contextmanager
def started(kind: Kind | None, device: str = "auto") -> Iterator[Processes]:
    """The processes that torchrun has started, connected while the context lasts; without a kind, this one alone.

    Raises ValueError when torchrun and the kind do not fit together, or the device is not there.
    """
    by_torchrun = "RANK" in os.environ and "WORLD_SIZE" in os.environ
    if kind is None and by_torchrun and int(os.environ["WORLD_SIZE"]) > 1:
        raise ValueError("torchrun started several processes: say how they share the model, --parallel ddp or fsdp")
    if kind is not None and not by_torchrun:
        raise ValueError(
            f"--parallel {kind} needs processes that torchrun starts: "
            f"torchrun --nproc-per-node 2 -m gpt2_ref train --parallel {kind}"
        )
    local = int(os.environ.get("LOCAL_RANK", 0)) if by_torchrun else 0
    place = choose_device(device, local)
    if kind is None:
        yield Processes(device=place)
        return
    if place.type == "cuda":
        torch.cuda.set_device(place)
    dist.init_process_group("nccl" if place.type == "cuda" else "gloo")
    try:
        yield Processes(dist.get_rank(), dist.get_world_size(), kind, place)
    finally:
        dist.destroy_process_group()


def choose_device(name: str, local: int = 0) -> torch.device:
    if name not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device = {name}; it must be auto, cpu or cuda")
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("device = cuda, but torch sees no GPU; it must be auto or cpu here")
    if name == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", local)


def wait_for_all(processes: Processes) -> None:
    """Return once every process has come here."""
    if processes.kind is not None:
        dist.barrier()
