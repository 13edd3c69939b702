"""`import my_gpt2`: the learner's kept answers as one package, with the course's own where one is missing."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from gpt2_ref import checks
from gpt2_ref.checks.verdict import card
from gpt2_ref.course import stand_ins
from gpt2_ref.course.records import Desk

WHOSE = {True: "yours", False: "the course's own"}


@dataclass(frozen=True)
class Parts:
    """Whose each piece of the learner's GPT-2 is: name -> True where it is their own."""

    own: dict[str, bool]

    def __repr__(self) -> str:
        width = max(map(len, self.own))
        rows = [f"{name:<{width}}  {WHOSE[own]}" for name, own in self.own.items()]
        return "\n".join([*rows, self._total()])

    def _total(self) -> str:
        return f"{sum(self.own.values())} of {len(self.own)} pieces are yours"

    def _repr_html_(self) -> str:
        return card(self._total(), repr(self).rpartition("\n")[0], ink="#0a3069", paper="#ddf4ff")


class Assembly(ModuleType):
    """The package my_gpt2. A name is the learner's kept answer, or else what stands in for it."""

    @property
    def __path__(self) -> list[str]:
        """Where the answers lie: beside this package's file, and on the desk that the current folder lies in."""
        desk = Desk.above().folder
        folders = [Path(self.__file__).parent, *([desk / "my_gpt2"] if desk else [])]
        return list(dict.fromkeys(map(str, folders)))

    def __setattr__(self, name: str, value: object) -> None:
        # Python puts the module my_gpt2.X here under the name X; here X is what the learner wrote in it.
        super().__setattr__(name, getattr(value, name, value) if isinstance(value, ModuleType) else value)

    def __getattr__(self, name: str) -> object:
        if self.is_own(name):
            return getattr(importlib.import_module(f"{self.__name__}.{name}"), name)
        if name not in stand_ins.NAMES:
            raise AttributeError(f"my_gpt2 has no {name}; its pieces are {', '.join(stand_ins.NAMES)}")
        if name not in _announced:  # Python asks twice on `from my_gpt2 import name`
            _announced.add(name)
            print(f"my_gpt2: {name} is the course's own; yours takes its place when check({name}) has passed")
        return getattr(stand_ins, name)

    def __dir__(self) -> list[str]:
        return sorted({*stand_ins.NAMES, "is_own", "parts"})

    def is_own(self, name: str) -> bool:
        """Whether the learner's own answer of this name was kept."""
        allowed = name.isidentifier() and not name.startswith("_")
        return allowed and any((Path(folder) / f"{name}.py").exists() for folder in self.__path__)

    def parts(self) -> Parts:
        """Each piece of the course so far, and whether it is the learner's own."""
        return Parts({name: self.is_own(name) for name in checks.EXERCISES if name in stand_ins.NAMES})


_announced: set[str] = set()
