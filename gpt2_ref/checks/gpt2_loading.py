"""The third exercise of lesson 04: load_checkpoint."""

import contextlib
import importlib
import inspect
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from gpt2_ref.checks.attention import shortened
from gpt2_ref.checks.engine import Exercise, Mistake, Probe, all_close, examine, judge
from gpt2_ref.checks.gpt2_anatomy import Sizes
from gpt2_ref.checks.gpt2_checkpoint import LOADING_MISTAKES, Checkpoint, checkpoint_logits, random_checkpoint
from gpt2_ref.checks.gpt2_trial import LogitsTrial
from gpt2_ref.checks.gpt2_whole import WHOLE_MODEL
from gpt2_ref.checks.learner import Blank, Trial, Wrong, check_signature, first_difference, is_empty
from gpt2_ref.checks.roles import flat, randomise, trained
from gpt2_ref.checks.verdict import WrongAnswer
from gpt2_ref.model import GPT2

SIZES = Sizes(vocab=19, embed=24, heads=6, hidden=37, layers=3, context=11)


# The model that is loaded


@dataclass(frozen=True)
class Model:
    """The class that the learner's load_checkpoint loads into, and where it was found."""

    build: Callable[..., nn.Module]
    found: str


def model_of(answer: Callable) -> Model:
    """The learner's GPT2: beside the answer, else the banked one, else the course's own."""
    beside = getattr(inspect.unwrap(answer), "__globals__", {}).get("GPT2")
    if callable(beside):
        return Model(beside, "the course's own GPT2" if beside is GPT2 else "the GPT2 beside load_checkpoint")
    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
        banked = importlib.import_module("my_gpt2").GPT2
        if callable(banked) and banked is not GPT2:
            return Model(banked, "the GPT2 of my_gpt2")
    return Model(GPT2, "the course's own GPT2")


@dataclass(frozen=True)
class Loaded:
    """A model into which the answer has loaded a checkpoint."""

    trial: LogitsTrial
    model: nn.Module
    answer: Callable

    def load(self, tensors: Checkpoint) -> object:
        """Run the learner's load_checkpoint; what it raises becomes Wrong."""
        facts = {"asked": f"load_checkpoint(model, tensors) with {len(tensors)} tensors"}
        check_signature(self.answer, (self.model, tensors), {}, "forward-arguments", facts)
        try:
            result = self.trial.run(self.answer, self.model, tensors, facts=facts)
        except Wrong as wrong:
            raise renamed(wrong) from wrong.__cause__
        if result is None and is_empty(inspect.unwrap(self.answer)):
            raise Blank(None, "not written yet")
        return result


def new_model(trial: Trial, sizes: Sizes) -> Loaded:
    """A model of the learner's, with random numbers in every parameter, for their load_checkpoint."""
    builder = Trial(model_of(trial.answer).build, "GPT2", trial.printed, trial.called, trial.dtypes, trial.notes)
    model = builder.construct(*sizes.arguments(), context_size=sizes.context)
    inner = LogitsTrial.of(trial, sizes.vocab)
    inner.call(model, torch.zeros(2, 3, dtype=torch.long))
    randomise(model, 0.3, torch.Generator().manual_seed(3))
    return Loaded(inner, model, trial.answer)


def renamed(wrong: Wrong) -> Wrong:
    """The same fault, named by what the error says where it can only mean one thing."""
    text = dict(wrong.facts).get("error", "")
    for slug, signs in ERRORS.items():
        if wrong.slug == "raises" and any(sign in text for sign in signs):
            return Wrong(slug, **dict(wrong.facts))
    return wrong


ERRORS = {
    "no-grad-missing": ("leaf Variable that requires grad", "leaf variable that requires grad"),
    "names-do-not-fit": ("KeyError", "Missing key(s)", "Unexpected key(s)"),
    "shapes-do-not-fit": (
        "must match the size of tensor",
        "must match the existing size",
        "size mismatch",
        "output with shape",
        "doesn't match the broadcast shape",
        "number of sizes provided",
    ),
}


def blaming(property_of_answer: Callable[[Trial], None]) -> Callable[[Trial], None]:
    """The same property; a fault that lies in the learner's GPT2 is told as such, and every fault names the model."""

    def check(trial: Trial) -> None:
        model = model_of(trial.answer)
        try:
            property_of_answer(trial)
        except Blank:
            raise
        except Wrong as wrong:
            wrong.facts = (*wrong.facts, ("model", model.found))
            if model.build is not GPT2:
                blame_the_model(trial, model)
            raise

    check.__doc__ = property_of_answer.__doc__
    return check


def blame_the_model(trial: Trial, model: Model) -> None:
    """Raise Wrong if the model itself is wrong, or has no place for all that the checkpoint holds."""
    try:
        examine(model.build, replace(WHOLE_MODEL, needs=()))
    except WrongAnswer as told:
        facts = {**dict(told.facts), "model": model.found}
        title = f"the GPT2 that it loads into is not right: {told.title}"
        raise Wrong("model-wrong", title, told.question, **facts) from told.__cause__
    numbers = len(flat(new_model(trial, SIZES).model))
    needed = sum(tensor.numel() for tensor in random_checkpoint(SIZES).values())
    if numbers < needed:
        facts = {"expected": f"{needed} numbers in the model", "yours": str(numbers), "model": model.found}
        raise Wrong("model-without-biases", **facts)


# What is asked


@blaming
def loads(trial: Trial) -> None:
    """The model with the loaded weights gives the logits of GPT-2 with these weights, in place, and again."""
    loaded = new_model(trial, SIZES)
    before, numbers = flat(loaded.model).clone(), len(flat(loaded.model))
    tensors = random_checkpoint(SIZES, seed=1)
    given = {name: tensor.clone() for name, tensor in tensors.items()}
    result = loaded.load(given)
    unchanged(given, tensors, "changes-checkpoint", "after loading")
    still_trainable(loaded.model, numbers)
    if len(flat(loaded.model)) == len(before) and torch.equal(flat(loaded.model), before):
        slug = "returns-new-model" if isinstance(result, nn.Module) and result is not loaded.model else "nothing-loaded"
        raise Wrong(slug, where="every number of the model that was handed in is as before")
    judge_loaded(trial, loaded, tensors, SIZES)
    own_memory(loaded.model, given, tensors)
    other = random_checkpoint(SIZES, seed=2)
    loaded.load({name: tensor.clone() for name, tensor in other.items()})
    judge_loaded(trial, loaded, other, SIZES, " after a second checkpoint was loaded")


@blaming
def other_sizes(trial: Trial) -> None:
    """The same for one layer, for twelve, and for another number of heads."""
    for sizes in (
        replace(SIZES, heads=2, layers=1),
        replace(SIZES, heads=3, layers=12),
        Sizes(vocab=14, embed=12, heads=2, hidden=48, layers=2, context=7),
    ):
        loaded = new_model(trial, sizes)
        tensors = random_checkpoint(sizes, seed=4)
        loaded.load({name: tensor.clone() for name, tensor in tensors.items()})
        judge_loaded(trial, loaded, tensors, sizes)


@blaming
def other_dtype(trial: Trial) -> None:
    """Weights of another precision are converted: the model keeps its own."""
    default = torch.get_default_dtype()
    other = torch.float32 if default == torch.float64 else torch.float64
    loaded = new_model(trial, SIZES)
    tensors = {name: tensor.to(other) for name, tensor in random_checkpoint(SIZES, seed=5).items()}
    loaded.load({name: tensor.clone() for name, tensor in tensors.items()})
    kept = {name: p.dtype for name, p in loaded.model.named_parameters() if p.dtype != default}
    if kept:
        name, dtype = next(iter(kept.items()))
        raise Wrong("changes-dtype", input=f"tensors of {other}, a model of {default}", yours=f"{name} has {dtype}")
    judge_loaded(trial, loaded, {name: tensor.to(default) for name, tensor in tensors.items()}, SIZES)


def judge_loaded(trial: Trial, loaded: Loaded, tensors: Checkpoint, sizes: Sizes, setting: str = "") -> None:
    """Compare the model's logits with those of the oracle that has the checkpoint's weights."""
    length = sizes.context
    tried = [
        Probe(f"ids of shape {tuple(ids.shape)}, given to the model{setting}", (ids,))
        for ids in (torch.randint(sizes.vocab, shape) for shape in ((2, 4), (1, 1), (3, length)))
    ]

    def variant(**choices) -> Iterator[Tensor]:
        with torch.no_grad():
            for probe in tried:
                yield checkpoint_logits(*probe.inputs, tensors, sizes, **choices)

    symptoms = (lambda: ignored(trial), lambda: added(trial, sizes))
    try:
        judge(loaded.trial, loaded.model, tried, variant, LOADING_MISTAKES, symptoms, loaded.model)
    except Wrong as wrong:
        if any(wrong.slug == mistake.slug for mistake in LOADING_MISTAKES):
            wrong.facts = tuple((label, text) for label, text in wrong.facts if label != "where")
        raise renamed(wrong) from wrong.__cause__


def unchanged(given: Checkpoint, original: Checkpoint, slug: str, when: str) -> None:
    """Raise Wrong unless the checkpoint is as it was."""
    gone = [name for name in original if name not in given]
    if gone or len(given) > len(original):
        raise Wrong(slug, where=f"{when}, the dictionary has {len(given)} tensors and had {len(original)}")
    for name, tensor in original.items():
        if given[name].shape != tensor.shape:
            raise Wrong(slug, where=f"{when}, {name} has shape {tuple(given[name].shape)}")
        if not torch.equal(given[name], tensor):
            before, after = first_difference(tensor, given[name])
            raise Wrong(slug, where=f"{when}, in {name}", before=before, after=after)


def still_trainable(model: nn.Module, numbers: int) -> None:
    """Raise Wrong unless the model has as many parameters as before, all of them still learning."""
    frozen = [name for name, p in model.named_parameters() if not p.requires_grad or not p.is_leaf]
    if frozen:
        raise Wrong("gradients-off", where=f"no longer trained: {shortened(frozen)}")
    came = len(flat(model)) if trained(model) else 0
    if came != numbers:
        slug = "tie-broken" if came > numbers else "gradients-off"
        raise Wrong(slug, expected=f"{numbers} learnable numbers, as before", yours=str(came))


def own_memory(model: nn.Module, given: Checkpoint, original: Checkpoint) -> None:
    """Raise Wrong if training the model changes the checkpoint."""
    for parameter in trained(model):
        parameter.data.add_(1)
    unchanged(given, original, "aliases-checkpoint", "after the model was changed")
    for parameter in trained(model):
        parameter.data.sub_(1)


# Symptoms


def ignored(trial: Trial) -> Wrong | None:
    """A fault if some tensor can be changed and the model's logits do not notice."""
    sizes = replace(SIZES, layers=2)
    loaded = new_model(trial, sizes)
    ids = torch.randint(sizes.vocab, (2, sizes.context))
    tensors = random_checkpoint(sizes, seed=1)

    def logits(tensors: Checkpoint) -> Tensor:
        loaded.load({name: tensor.clone() for name, tensor in tensors.items()})
        with torch.no_grad():
            return loaded.trial.call(loaded.model, ids)

    before = logits(tensors)
    silent = [name for name, changed in with_one_changed(tensors) if all_close(logits({**tensors, **changed}), before)]
    return Wrong("tensor-ignored", where=f"nothing depends on {shortened(silent)}") if silent else None


def with_one_changed(tensors: Checkpoint) -> Iterator[tuple[str, Checkpoint]]:
    """Each tensor's name with a change to it; queries, keys and values of c_attn one after the other.

    No bias of keys: the softmax does not notice it.
    """
    for name, tensor in tensors.items():
        if "c_attn" not in name:
            yield name, {name: tensor + torch.randn(tensor.shape)}
            continue
        third = tensor.shape[-1] // 3
        for part, role in enumerate(("query", "key", "value")):
            if role != "key" or tensor.dim() > 1:
                changed = tensor.clone()
                changed[..., part * third : (part + 1) * third] += torch.randn(*tensor.shape[:-1], third)
                yield f"{name} ({role})", {name: changed}


def added(trial: Trial, sizes: Sizes) -> Wrong | None:
    """A fault if the weights that the model had before shine through."""
    loaded = new_model(trial, sizes)
    for parameter in trained(loaded.model):
        parameter.data.zero_()
    tensors = random_checkpoint(sizes, seed=1)
    loaded.load({name: tensor.clone() for name, tensor in tensors.items()})
    ids = torch.randint(sizes.vocab, (2, 5))
    if all_close(loaded.trial.call(loaded.model, ids).detach(), checkpoint_logits(ids, tensors, sizes)):
        return Wrong("old-weights-remain", where="into a model with all weights 0 it loads correctly")
    return None


LOAD_CHECKPOINT = Exercise(
    name="load_checkpoint",
    lesson="04_gpt2",
    form="function",
    properties=(loads, other_dtype, other_sizes),
    mistakes=(
        *LOADING_MISTAKES,
        Mistake(
            "tensor-ignored",
            "a part of the checkpoint is not loaded",
            "Which parameter of your model should these numbers be in, and which line puts them there?",
        ),
        Mistake(
            "old-weights-remain",
            "the weights that the model had before remain",
            "Is a parameter set to the tensor, or is the tensor added to it?",
        ),
        Mistake(
            "nothing-loaded",
            "the model is as it was",
            "Which line writes into a parameter? What does param = tensor do to the parameter, and what "
            "does param.copy_(tensor) do?",
        ),
        Mistake(
            "returns-new-model",
            "another model is loaded, not the one that was handed in",
            "Whoever calls load_checkpoint(model, tensors) goes on with model. What is in it?",
        ),
        Mistake(
            "changes-checkpoint",
            "the checkpoint is changed",
            "Could somebody load the same tensors into a second model afterwards? Which line writes into them, or "
            "takes them out of the dictionary?",
        ),
        Mistake(
            "aliases-checkpoint",
            "the model's parameters lie in the memory of the checkpoint",
            "If the model is trained now, what happens to the tensors that it was loaded from? Which call copies?",
        ),
        Mistake(
            "tie-broken",
            "the output weights are no longer tied to the token embedding",
            "What do two names of one Parameter refer to after one of them is assigned a new Parameter?",
        ),
        Mistake(
            "gradients-off",
            "parameters are no longer trained",
            "After loading, people train on. Which line leaves a parameter without requires_grad?",
        ),
        Mistake(
            "no-grad-missing",
            "autograd forbids writing into a parameter",
            "Copying weights is no step of a computation. Which context tells autograd not to watch?",
        ),
        Mistake(
            "names-do-not-fit",
            "a name is asked for that is not there",
            "Which names has the checkpoint? sorted(tensors) lists them; the exercise says what each one is.",
        ),
        Mistake(
            "shapes-do-not-fit",
            "a tensor and the parameter that it goes to have different shapes",
            "The checkpoint keeps its layer weights as (in, out). How does nn.Linear keep them?",
        ),
        Mistake(
            "model-wrong",
            "the GPT2 that it loads into is not right",
            "What does check(GPT2) say?",
        ),
        Mistake(
            "model-without-biases",
            "the GPT2 that it loads into has no room for all biases of the checkpoint",
            "GPT-2's linear layers have biases, all but the output layer. Which of yours have none?",
        ),
    ),
    hints=(
        "Make a list with two columns: every name in the checkpoint, and where its numbers belong in your model. For "
        "each pair, do the shapes agree, or must one be turned round, or cut in three?",
        "Layer weights are stored (in, out), nn.Linear keeps (out, in): transpose them, square ones too. Columns of "
        "c_attn: first all queries, then all keys, then all values. There is no tensor for the output layer.",
        "with torch.no_grad(): parameter.copy_(tensor) writes into a parameter and keeps it tied; "
        "tensor.chunk(3, dim=-1) cuts c_attn's weight and its bias; weight.T turns one round.",
    ),
)
