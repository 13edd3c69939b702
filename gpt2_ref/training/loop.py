"""The training itself: steps that can be watched, stopped, and gone on with as if nothing had happened."""

import csv
import hashlib
import io
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor, nn

from gpt2_ref.checkpoints import GPT2
from gpt2_ref.training.corpus import Corpus
from gpt2_ref.training.linear import use_onednn
from gpt2_ref.training.loss import next_token_loss
from gpt2_ref.training.measure import bits_per_byte
from gpt2_ref.training.optimiser import make_optimiser
from gpt2_ref.training.processes import Processes
from gpt2_ref.training.schedule import learning_rate
from gpt2_ref.training.settings import ModelSettings, Settings, as_plain, differences
from gpt2_ref.training.snapshots import Snapshot, Snapshots
from gpt2_ref.training.stopping import Stop


class Diverged(ArithmeticError):
    """The loss or the gradient is no number any more."""


@dataclass(frozen=True)
class Record:
    """What one step did.

    step           steps done, this one included
    loss           mean cross-entropy of the step's batch before the update, in nats per token
    learning_rate  of the update
    gradient_norm  before it was cut to max_norm
    held_out       bits per byte of the held-out text after the update, or None when it was not looked at
    """

    step: int
    loss: float
    learning_rate: float
    gradient_norm: float
    held_out: float | None = None


class Training:
    """A model in training: iterate over it for a `Record` of every step.

    With snapshots, a training that was stopped or killed goes on from the last snapshot with the same batches and
    the same numbers: on one process on a CPU, bit for bit. Without, it lives in memory; a loop that was left can be
    entered again and goes on where it stopped. The first step starts from new weights, or from those of the model
    `start`, which must have the same sizes and parts.

    A stop (Ctrl-C, the notebook's stop button, SIGTERM, leaving the loop) waits for the end of the step, saves a
    snapshot, then raises KeyboardInterrupt. The loop shows nothing: that is up to whoever reads the records.

    Raises ValueError when the snapshots come from a training with other settings, model or text, or the batch
    cannot be shared among the processes; the loop raises Diverged when the loss is no number any more, and
    SnapshotNotWritten when a snapshot cannot be written.
    """

    def __init__(
        self,
        model_settings: ModelSettings,
        corpus: Corpus,
        settings: Settings,
        snapshots: Snapshots | None = None,
        processes: Processes = Processes(),  # noqa: B008 - frozen
        start: nn.Module | None = None,
    ):
        parts = processes.count * settings.accumulate
        if settings.batch_size % parts:
            raise ValueError(
                f"batch_size = {settings.batch_size}; {processes.count} processes that work in {settings.accumulate} "
                f"parts need a multiple of {parts}"
            )
        self.model_settings, self.settings, self.corpus = model_settings, settings, corpus
        self.snapshots, self.processes = snapshots, processes
        self.history: list[Record] = []
        self.seconds = 0.0
        torch.manual_seed(settings.seed)
        self.model = model_settings.build().to(processes.device)
        self._started_from = None
        if start is not None:
            self.model.load_state_dict(start.state_dict())
            self._started_from = digest_of_weights(start)
        if settings.onednn:
            use_onednn(self.model)
        if settings.compile:
            self.model.compile()
        self._wrapped = processes.wrap(self.model, self.model.blocks)
        self._optimiser = make_optimiser(self.model, settings.peak, settings.weight_decay, settings.betas)
        self._saved_at = 0
        if snapshots is not None and (snapshot := snapshots.newest()) is not None:
            self._restore(snapshot)

    @property
    def step(self) -> int:
        """Steps done."""
        return len(self.history)

    def __iter__(self) -> Iterator[Record]:
        with Stop() as stop:
            while self.step < self.settings.num_steps:
                began = time.perf_counter()
                record, stopped = self._advance(stop.asked)
                self.history.append(record)
                self.seconds += time.perf_counter() - began
                last = self.step == self.settings.num_steps
                if last or stopped or self.step % self.settings.save_every == 0:
                    self.save()
                if stopped and not last:
                    raise KeyboardInterrupt
                try:
                    yield record
                except GeneratorExit:
                    self.save()
                    raise

    def _advance(self, stop_asked: bool) -> tuple[Record, bool]:
        """One update of the weights: what it did, and whether any process was asked to stop."""
        settings, processes, number = self.settings, self.processes, self.step
        rate = learning_rate(number, settings.num_steps, settings.warmup_steps, settings.peak, settings.final)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._wrapped.train()
        loss = torch.zeros((), device=processes.device)
        for part, (input_ids, targets) in enumerate(self._parts(number)):
            with processes.together(self._wrapped, last=part == settings.accumulate - 1):
                with torch.autocast(processes.device.type, torch.bfloat16, enabled=settings.bfloat16):
                    logits = self._wrapped(input_ids)
                part_loss = next_token_loss(logits, targets) / settings.accumulate
                part_loss.backward()
            loss += part_loss.detach()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), settings.max_norm)
        norm = norm.full_tensor() if hasattr(norm, "full_tensor") else norm
        agreed = processes.mean(torch.stack([loss, torch.tensor(float(stop_asked), device=processes.device)]))
        mean_loss, stopped = agreed.tolist()
        if not (math.isfinite(mean_loss) and math.isfinite(norm.item())):
            self._optimiser.zero_grad()
            raise Diverged(
                f"step {number + 1}: the loss is {mean_loss}, the gradient's norm {norm.item()}; the weights were left "
                f"as they were. A smaller peak than {settings.peak} or a longer warm-up than {settings.warmup_steps} "
                "steps may help"
            )
        self._optimiser.step()
        self._optimiser.zero_grad()
        return Record(number + 1, mean_loss, rate, norm.item(), self._look(number + 1)), stopped > 0

    def _parts(self, number: int) -> Iterator[tuple[Tensor, Tensor]]:
        """This process's share of the step's batch, in `accumulate` parts."""
        settings, processes = self.settings, self.processes
        batch = self.corpus.batch(number, settings.batch_size, self.model_settings.context_size, settings.seed)
        ids, targets = (rows.to(processes.device) for rows in batch)
        rows = settings.batch_size // (processes.count * settings.accumulate)
        for part in range(settings.accumulate):
            first = (part * processes.count + processes.rank) * rows
            yield ids[first : first + rows], targets[first : first + rows]

    def _look(self, step: int) -> float | None:
        last = step == self.settings.num_steps
        if not last and step % self.settings.evaluate_every:
            return None
        limit = None if last else self.settings.evaluate_on
        return self.evaluate(limit)

    def evaluate(self, limit: int | None = None) -> float:
        """Bits per byte of the held-out text, or of `limit` sequences of it."""
        model = self._wrapped if self.processes.kind == "fsdp" else self.model
        with torch.autocast(self.processes.device.type, torch.bfloat16, enabled=self.settings.bfloat16):
            return bits_per_byte(
                model, self.corpus.held_out, self.corpus.bytes_of, self.model_settings.context_size, limit
            )

    # Saving and going on

    def save(self) -> None:
        """Write a snapshot, unless this step has one or there is nowhere to write to."""
        if self.snapshots is None or self._saved_at == self.step:
            return
        tensors = self.processes.state(self.model, self._optimiser)
        if self.processes.first:
            tensors = {name: tensor for name, tensor in tensors.items() if name not in REPEATED}
            tensors["history"] = torch.tensor([as_row(record) for record in self.history], dtype=torch.float64)
            self.snapshots.write(Snapshot(self.step, tensors, self._identity() | {"seconds": self.seconds}))
            self.write_losses(self.snapshots.folder.parent / "losses.csv")
        self._saved_at = self.step

    def write_losses(self, file: Path) -> None:
        """The records as CSV; the file is replaced whole."""
        text = io.StringIO(newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow([field.name for field in fields(Record)])
        for record in self.history:
            table.writerow(["" if value is None else repr(value) for value in vars(record).values()])
        new = file.with_suffix(".writing")
        new.write_text(text.getvalue(), encoding="utf-8")
        os.replace(new, file)

    def _identity(self) -> dict[str, object]:
        return {
            "model": as_plain(self.model_settings),
            "settings": as_plain(self.settings),
            "text": self.corpus.facts["fingerprint"],
            "start": self._started_from,
        }

    def _restore(self, snapshot: Snapshot) -> None:
        mine = self._identity()
        changed = [line for part in ("model", "settings") for line in differences(snapshot.facts[part], mine[part])]
        for part, what in (("text", "the text"), ("start", "the model to start from")):
            if snapshot.facts[part] != mine[part]:
                changed.append(what)
        if changed:
            raise ValueError(
                f"{self.snapshots.folder} holds a training that differs from this one ({'; '.join(changed)}). Go on "
                "with its settings, or give another folder"
            )
        tensors = dict(snapshot.tensors)
        self.history = [as_record(row) for row in tensors.pop("history").tolist()]
        for name, source in REPEATED.items():
            tensors[name] = tensors[source]
        self.processes.restore(self.model, self._optimiser, tensors)
        self.seconds = snapshot.facts["seconds"]
        self._saved_at = snapshot.step


REPEATED = {"model/output.weight": "model/token_embedding.weight"}
"""Tied weights are stored once."""


def digest_of_weights(model: nn.Module) -> str:
    digest = hashlib.sha256()
    for parameter in model.parameters():
        digest.update(parameter.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def as_row(record: Record) -> list[float]:
    return [math.nan if value is None else float(value) for value in vars(record).values()]


def as_record(row: list[float]) -> Record:
    step, *middle, held_out = row
    return Record(int(step), *middle, None if math.isnan(held_out) else held_out)


def load(folder: Path | str) -> GPT2:
    """The model of the newest snapshot in a training's folder, of whatever parts it is made.

    Raises ValueError when there is none.
    """
    snapshot = Snapshots(Path(folder) / "snapshots").newest()
    if snapshot is None:
        raise ValueError(f"{folder} holds no training: there is no snapshot in {Path(folder) / 'snapshots'}")
    model = ModelSettings(**snapshot.facts["model"]).build()
    weights = {
        name.removeprefix("model/"): tensor for name, tensor in snapshot.tensors.items() if name.startswith("model/")
    }
    model.load_state_dict(weights | {"output.weight": weights["token_embedding.weight"]})
    return model.eval()
