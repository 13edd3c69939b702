"""Running a learner's code: nothing it does outlives the check, and what goes wrong is told in its own line."""

import contextlib
import dis
import inspect
import io
import linecache
import random
import re
import sys
import sysconfig
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from gpt2_ref.checks.verdict import Interrupted

NOT_THE_LEARNERS = tuple(
    str(Path(folder).resolve())
    for folder in (
        Path(torch.__file__).parent,
        Path(__file__).parent,
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
    )
)


SEED = 20170612
"""Seeds torch for every run of the learner's code; another seed afterwards means that the code reseeded it."""


class Wrong(Exception):
    """A fault found while an answer is examined; the engine adds the mistake's name and tells the learner.

    slug      the mistake it shows, None where it has no name
    title     for a fault that no record of a mistake describes
    question  in place of the hint in the mistake's record
    facts     label -> text: input, expected, yours, where
    """

    mixed_dtypes = False

    def __init__(self, slug: str | None, title: str = "", question: str = "", **facts: str):
        super().__init__(slug, title)
        self.slug = slug
        self.title = title
        self.question = question
        self.facts = tuple(facts.items())


class Blank(Wrong):
    """The learner has not written this part yet."""


@contextlib.contextmanager
def no_trace(dtype: torch.dtype = torch.float64) -> Iterator[None]:
    """Run a block in a world of its own, and leave random numbers, grad mode, dtype and device as they were.

    Inside, `dtype` is the default: a mask or buffer that an answer makes without naming a dtype then
    has the same precision as its input.
    """
    numpy = sys.modules.get("numpy")
    python_state, numpy_state = random.getstate(), numpy and numpy.random.get_state()
    elsewhere = torch.get_default_device().type != "cpu"
    on_the_cpu = torch.device("cpu") if elsewhere else contextlib.nullcontext()  # it slows every operation
    default_dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    with (
        torch.random.fork_rng(devices=[]),
        torch.inference_mode(False),
        torch.enable_grad(),
        torch.autocast("cpu", enabled=False),
        on_the_cpu,
    ):
        try:
            torch.set_default_dtype(dtype)
            torch.set_num_threads(1)  # the tensors here are too small to be worth sharing out
            torch.manual_seed(SEED)
            yield
        finally:
            torch.set_default_dtype(default_dtype)
            torch.set_num_threads(threads)
            random.setstate(python_state)
            if numpy:
                numpy.random.set_state(numpy_state)


@contextlib.contextmanager
def belongings_kept(answer: object) -> Iterator[None]:
    """Give a class or function its own attributes back afterwards, and its caches as they were.

    A cache is a dict of tensors among the attributes or globals that the answer uses, or a function under
    `lru_cache`. It is empty inside the block: what it holds may have another dtype.
    """
    attributes = dict(getattr(answer, "__dict__", {}))
    members = [getattr(value, "__func__", value) for value in attributes.values()]  # a static method hides its function
    used = [*members, *(value for method in (answer, *members) for value in globals_of(method))]
    caches = [value for value in used if is_cache(value)]
    contents = [dict(cache) for cache in caches]
    forgetful = [value for value in used if callable(getattr(value, "cache_clear", None))]
    try:
        empty(caches, forgetful)
        yield
    finally:
        empty(caches, forgetful)
        for cache, content in zip(caches, contents, strict=True):
            cache.update(content)
        after = dict(getattr(answer, "__dict__", {}))
        with contextlib.suppress(AttributeError, TypeError):  # some objects guard their attributes
            for name in after.keys() - attributes.keys():
                delattr(answer, name)
            for name, value in attributes.items():
                if name not in after or after[name] is not value:
                    setattr(answer, name, value)


def globals_of(function: object) -> list[object]:
    """The globals that a function uses by name."""
    code, world = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    return [world[name] for name in code.co_names if name in world] if code is not None else []


def is_cache(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, Tensor) for item in value.values())


def empty(caches: Sequence[dict], forgetful: Sequence[object]) -> None:
    for cache in caches:
        cache.clear()
    for function in forgetful:
        function.cache_clear()


class CallsSeen(TorchFunctionMode):
    """Collects the names of the torch functions that run inside the block, and the dtypes that they return."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.dtypes: set[torch.dtype] = set()

    def __torch_function__(self, function, types, args=(), kwargs=None):
        self.names.add(getattr(function, "__name__", ""))
        result = function(*args, **(kwargs or {}))
        if isinstance(result, Tensor):
            self.dtypes.add(result.dtype)
        return result


@dataclass
class Trial:
    """One answer under examination.

    `printed`, `called` and `dtypes` collect what the answer wrote to the screen, which torch functions it used
    and the dtypes of their results in the world of float64;
    `notes` are remarks for the learner, should the answer be right.
    """

    answer: Callable
    name: str
    printed: io.StringIO = field(default_factory=io.StringIO)
    called: set[str] = field(default_factory=set)
    dtypes: set[torch.dtype] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def construct(self, *sizes: int, **options: float) -> nn.Module:
        """Build the learner's module in evaluation mode, all its numbers in the default dtype; or raise Wrong."""
        return self.build(*sizes, **options).to(torch.get_default_dtype())

    def build(self, *sizes: int, **options: float) -> nn.Module:
        """Build the learner's module in evaluation mode, or raise Wrong."""
        wanted = ", ".join([*map(str, sizes), *(f"{name}={value}" for name, value in options.items())])
        facts = {"asked": f"{self.name}({wanted})"}
        answer = self.answer
        if inspect.isclass(answer) and (answer.__init__, answer.__new__) == (nn.Module.__init__, object.__new__):
            raise Wrong("constructor-arguments", **facts, yours="the class has no __init__ of its own")
        check_signature(self.answer, sizes, options, "constructor-arguments", facts)
        try:
            module = self.run(self.answer, *sizes, facts=facts, **options)
        except Wrong as wrong:
            if wrong.slug != "raises":
                raise
            if inspect.isclass(self.answer):
                raise (self.wants_sizes_reversed(sizes, options, facts) or wrong) from wrong.__cause__
            module = None  # a function that wants x, not the sizes
        if not isinstance(module, nn.Module):
            raise Wrong("not-a-module", **facts, yours=summary(module))
        return module.eval()

    def wants_sizes_reversed(self, sizes: tuple, options: dict, facts: dict[str, str]) -> Wrong | None:
        """The fault of a class that can be built with the sizes the other way round only."""
        try:
            self.run(self.answer, *reversed(sizes), facts=facts, **options)
        except Wrong:
            return None
        return Wrong("constructor-arguments", **facts, yours=f"{self.name}{inspect.signature(self.answer)}")

    def call(self, function: Callable, *inputs: Tensor, shape: tuple[int, ...] | None = None) -> Tensor:
        """Give `function` its inputs and return the tensor it makes, or raise Wrong.

        What is asked of every answer at every call: it returns one tensor of the expected shape (that
        of the first input unless `shape` says otherwise) and dtype, and its inputs are as before.
        """
        if not isinstance(function, nn.Module):
            check_signature(function, inputs, {}, "forward-arguments", {})
        elif getattr(type(function), "forward", nn.Module.forward) is not nn.Module.forward:
            check_signature(function.forward, inputs, {}, "forward-arguments", {})
        facts = {"input": ", ".join(f"shape {tuple(x.shape)}" for x in inputs) + f", {inputs[0].dtype}"}
        before = [x.detach().clone() for x in inputs]
        result = self.run(function, *inputs, facts=facts)
        for x, original in zip(inputs, before, strict=True):
            if x.shape != original.shape:
                raise Wrong(
                    "mutates-input", **facts, before=f"shape {tuple(original.shape)}", after=f"shape {tuple(x.shape)}"
                )
            if not torch.equal(x.detach(), original):
                where = first_difference(original, x.detach())
                raise Wrong("mutates-input", **facts, before=where[0], after=where[1])
        if result is None and is_empty(function):
            raise Blank(None, "not written yet")
        check_result(result, tuple(inputs[0].shape) if shape is None else shape, inputs[0].dtype, facts)
        return result

    def run(self, function: Callable, *arguments, facts: dict[str, str], **options):
        """Call the learner's code; what it raises becomes Wrong, what it prints is kept off the screen."""
        spy, dtype = CallsSeen(), torch.get_default_dtype()
        try:
            with contextlib.redirect_stdout(self.printed), contextlib.redirect_stderr(self.printed), spy:
                result = function(*arguments, **options)
        except KeyboardInterrupt as stop:
            raise Interrupted(
                f"Stopped while your code was running: {learners_line(stop)}\n"
                "The check gave no verdict, and everything is as it was before."
            ) from None
        except (Exception, SystemExit) as error:
            raise fault_of(error, facts) from error
        finally:
            self.called |= spy.names
            if dtype == torch.float64:
                self.dtypes |= spy.dtypes
        if torch.get_default_dtype() != dtype:
            raise Wrong("changes-default-dtype", expected=str(dtype), yours=str(torch.get_default_dtype()))
        if torch.initial_seed() != SEED:
            raise Wrong("reseeds", yours=f"torch.manual_seed({torch.initial_seed()})")
        return result

    def remarks(self) -> tuple[str, ...]:
        """What a right answer is told besides its ✓."""
        lines = self.printed.getvalue().splitlines()
        printed = [f"your code printed {len(lines)} lines during the check; they were not shown"] if lines else []
        return (*self.notes, *printed)


def gradients(result: Tensor, inputs: Sequence[Tensor], weights: Tensor | None = None) -> "tuple[Tensor | None, ...]":
    """Derivative of ``(weights * result).sum()`` by each input, None where it does not matter; or raise Wrong.

    The graph is kept, so that the same result can be differentiated again.
    """
    if not result.requires_grad:
        raise Wrong("detached", yours="the result carries no gradient at all")
    weights = torch.ones_like(result) if weights is None else weights
    wanted = [x for x in inputs if x.requires_grad]
    try:
        found = iter(torch.autograd.grad(result, wanted, weights, retain_graph=True, allow_unused=True))
    except RuntimeError as error:
        wrong = fault_of(error, {})
        wrong.title = "the gradient cannot be computed"
        raise wrong from error
    return tuple(next(found) if x.requires_grad else None for x in inputs)


def check_signature(function: Callable, arguments: tuple, options: dict, slug: str, facts: dict[str, str]) -> None:
    """Raise Wrong when `function` cannot be called with these arguments."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*arguments, **options)
    except TypeError as error:
        name = getattr(function, "__name__", type(function).__name__)
        raise Wrong(slug, **facts, yours=f"{name}{signature}", because=str(error)) from None


def fault_of(error: BaseException, facts: dict[str, str]) -> Wrong:
    """The Wrong that stands for an exception out of the learner's code."""
    line = learners_line(error)
    if isinstance(error, NotImplementedError):
        frame = innermost(error)
        if frame.tb_frame.f_code.co_name == "_forward_unimplemented":
            return without_forward(type(frame.tb_frame.f_locals["self"]))
        if "NotImplementedError" in linecache.getline(frame.tb_frame.f_code.co_filename, frame.tb_lineno):
            return Blank(None, "not written yet", where=line)
    if isinstance(error, AttributeError) and "before Module.__init__() call" in str(error):
        return Wrong("super-init-missing", where=line)
    text = f"{type(error).__name__}: {error}"
    wrong = Wrong("raises", question=question_about(error), **facts, error=text, where=line)
    wrong.mixed_dtypes = isinstance(error, RuntimeError) and re.search(r"dtype|datatype|scalar type", text) is not None
    return wrong


def question_about(error: BaseException) -> str:
    """A question for the errors that learners meet most; empty for the others."""
    text = str(error)
    if isinstance(error, NameError):
        return (
            "Is the name spelled as where it was made, and has that cell been run since the kernel started? "
            "Answers that passed are kept: from my_gpt2 import ..."
        )
    return next((question for words, question in QUESTIONS.items() if words in text), "")


QUESTIONS = {
    "must match the size of tensor": "Which shapes meet on this line? A mean or a sum drops its axis unless it is "
    "told keepdim=True; a mask must be made for the length that came in.",
    "cannot be multiplied": "@ multiplies the last axis of the left by the second to last of the right. Are they "
    "equally long?",
    "Expected size for first two dimensions": "@ multiplies the last axis of the left by the second to last of the "
    "right. Which two axes have to be swapped, by transpose(-2, -1)?",
    "view size is not compatible": "view needs the numbers to lie in order, and after a transpose they do not. What "
    "does reshape do?",
    "is invalid for input of size": "How many numbers has the tensor, and what do the sizes that you give multiply to?",
    "'NoneType' object": "Something is None here. Does a function that this line relies on return nothing?",
}


def is_empty(function: Callable) -> bool:
    """Whether a function, or a module's forward, has no statement but pass, ... or its docstring."""
    body = getattr(type(function), "forward", None) if isinstance(function, nn.Module) else function
    code = getattr(body, "__code__", None)
    trivial = {"RESUME", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "NOP"}
    return code is not None and {step.opname for step in dis.get_instructions(code)} <= trivial


def without_forward(answer: type) -> Wrong:
    """The fault of a module class that has no method called forward: a blank, or a method with another name."""
    others = [name for name, value in vars(answer).items() if inspect.isfunction(value) and not name.startswith("__")]
    if others:
        return Wrong("forward-missing", yours=f"methods called {', '.join(others)}")
    return Blank(None, "the class has no forward method yet")


def innermost(error: BaseException) -> types.TracebackType:
    """The traceback entry of the line that raised."""
    entry = error.__traceback__
    while entry.tb_next is not None:
        entry = entry.tb_next
    return entry


def learners_line(error: BaseException) -> str:
    """The last line of the learner's own code in a traceback, and the line of another function that called it."""
    entry, own = error.__traceback__, []
    while entry is not None:
        if not entry.tb_frame.f_code.co_filename.startswith(("<frozen", *NOT_THE_LEARNERS)):
            own.append(entry)
        entry = entry.tb_next
    if not own:
        return "outside your own lines"
    callers = [entry for entry in own if entry.tb_frame.f_code is not own[-1].tb_frame.f_code]
    called_from = f"\ncalled from {described(callers[-1])}" if callers else ""
    return described(own[-1]) + called_from


def described(entry: types.TracebackType) -> str:
    """One entry of a traceback, as a reader would point at it."""
    code = entry.tb_frame.f_code
    source = linecache.getline(code.co_filename, entry.tb_lineno).strip()
    return f"line {entry.tb_lineno}, in {code.co_name}" + (f": {source}" if source else "")


def check_result(result: object, shape: tuple[int, ...], dtype: torch.dtype, facts: dict[str, str]) -> None:
    """Raise Wrong unless `result` is a finite tensor of this shape and dtype."""
    kinds = {type(None): "returns-none", tuple: "returns-tuple", list: "returns-list"}
    if not isinstance(result, Tensor):
        slug = kinds.get(type(result), "returns-no-tensor")
        if isinstance(result, types.GeneratorType):
            slug = "returns-generator"
        elif type(result).__module__.partition(".")[0] == "numpy":
            slug = "returns-numpy"
        raise Wrong(slug, **facts, expected=f"a tensor of shape {shape}", yours=summary(result))
    if tuple(result.shape) != shape:
        raise Wrong("wrong-shape", **facts, expected=f"shape {shape}", yours=f"shape {tuple(result.shape)}")
    if result.dtype != dtype:
        raise Wrong("changes-dtype", **facts, expected=f"dtype {dtype}", yours=f"dtype {result.dtype}")


def summary(value: object) -> str:
    """A value in a few words: its type, and the types inside a tuple or list."""
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}: " + ", ".join(type(item).__name__ for item in value[:4])
    return "None" if value is None else f"an object of type {type(value).__name__}"


def first_difference(expected: Tensor, came: Tensor, tolerance: float = 0.0) -> tuple[str, str]:
    """The first entry in which two tensors differ, as two texts ``[0, 1, 3] = 0.5``."""
    differs = ~torch.isclose(came, expected, rtol=tolerance, atol=tolerance, equal_nan=True)
    index = tuple(differs.nonzero()[0].tolist()) if differs.any() else (0,) * expected.dim()
    return tuple(f"{list(index)} = {tensor[index].item():.5g}" for tensor in (expected, came))
