"""Every public service of the house, and arguments for it made from their names and types."""

import dataclasses
import datetime as dt
import importlib
import inspect
import io
import pkgutil
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from storage.database import Store
from workbench.core.recipe import Recipe
from workbench.data import versions
from workbench.data.edits.edit import Edit
from workbench.data.versions import VersionInfo
from workbench.evaluation import evaluations
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.rows import corrections
from workbench.evaluation.rows.corrections import Correctable
from workbench.evaluation.rows.learned_rows import LearnedRows, learned_by
from workbench.jobs.job import JobView, get_job
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.system.hardware import Hardware, hardware
from workbench.training import runs
from workbench.training.outlook import Examples
from workbench.training.run_view import RunView
from workbench.use.answered.answers import Answers

ROOMS = ("data", "training", "evaluation", "use", "projects", "models", "system", "jobs")
Make = Callable[["World"], Any]


class CannotMake(Exception):
    """Nobody has said how an argument of this name and type is made."""


@dataclasses.dataclass
class World:
    """What a project is made of, by which arguments are chosen."""

    store: Store
    """Of the workbench itself."""
    numbers: Mapping[str, int]
    """Name of a parameter → the id of such a thing in the project."""
    folder: Path
    """With files to bring."""

    def of_type(self, kind: Any) -> Any:
        """An object as a service of the house gives it out."""
        maker = _OBJECTS.get(kind)
        return None if maker is None else maker(self.store, self.numbers)


_OBJECTS: dict[Any, Callable[[Store, Mapping[str, int]], Any]] = {
    VersionInfo: lambda store, ids: versions.get_version(store, ids["version_id"]),
    RunView: lambda store, ids: runs.get_run(store, ids["run_id"]),
    EvaluationInfo: lambda store, ids: evaluations.get_evaluation(store, ids["evaluation_id"]),
    Examples: lambda store, ids: versions.get_version(store, ids["version_id"]),
    Correctable: lambda store, ids: corrections.find_row(
        store, evaluations.get_evaluation(store, ids["evaluation_id"]), ids["row_id"]
    ),
    LearnedRows: lambda store, ids: learned_by(store, ids["run_id"]),
    Hardware: lambda store, ids: hardware(),
    JobView: lambda store, ids: get_job(store, ids["job_id"]),
    ModelInfo: lambda store, ids: catalogue.get_model(store, ids["model_id"]),
}


def services() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Dotted name, without `workbench.`, and function of each that takes `store` first."""
    for room in ROOMS:
        package = importlib.import_module(f"workbench.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            for name, function in vars(module).items():
                own = inspect.isfunction(function) and function.__module__ == found.name
                if own and not name.startswith("_") and _takes_a_store(function):
                    yield f"{found.name}.{name}".removeprefix("workbench."), function


def _takes_a_store(function: Callable[..., Any]) -> bool:
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first is not None and first.name == "store" and first.annotation in (Store, "Store")


def arguments(name: str, function: Callable[..., Any], world: World) -> dict[str, Any]:
    """What the service is called with beside the store.

    Raises:
        CannotMake: it needs something that nobody has said how to make.
    """
    hints = typing.get_type_hints(function)
    made = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        own = OWN.get((name, parameter.name))
        if own is not None:
            made[parameter.name] = own(world)
        elif parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        ):
            made[parameter.name] = value_of(parameter.name, hints[parameter.name], world)
    return made


def value_of(name: str, kind: Any, world: World) -> Any:
    """A value for a parameter or field of this name and type."""
    if name in world.numbers and kind in (int, int | None):
        return world.numbers[name]
    if name in BY_NAME:
        return BY_NAME[name](world)
    if (found := world.of_type(kind)) is not None:
        return found
    origin = typing.get_origin(kind)
    if (plain := kind if kind in BY_TYPE else origin) in BY_TYPE:
        return BY_TYPE[plain](world)
    if origin in (typing.Union, types.UnionType):
        options = typing.get_args(kind)
        return None if type(None) in options else value_of(name, options[0], world)
    if origin is typing.Literal:
        return typing.get_args(kind)[0]
    for plain, empty in _EMPTY.items():
        if plain in (kind, origin):
            return empty()
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        return kind(
            **{
                field.name: value_of(field.name, hints[field.name], world)
                for field in dataclasses.fields(kind)
                if field.init
                and field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            }
        )
    raise CannotMake(f"{name}: {kind}")


def forged(own: Any, victims: Any) -> Any:
    """An object of one's own, with the numbers of somebody else's; a model's id is one, too."""
    if isinstance(own, str) and own.startswith("run-"):
        return victims
    if not dataclasses.is_dataclass(own) or type(own) is not type(victims):
        return own
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(own):
        mine, theirs = getattr(own, field.name), getattr(victims, field.name)
        if field.name == "id" or field.name.endswith("_id"):
            changed[field.name] = theirs
        elif dataclasses.is_dataclass(mine):
            changed[field.name] = forged(mine, theirs)
    return dataclasses.replace(own, **{k: v for k, v in changed.items() if _settable(own, k)})


def _settable(thing: Any, name: str) -> bool:
    return next(field.init for field in dataclasses.fields(thing) if field.name == name)


_EMPTY: dict[Any, Callable[[], Any]] = {
    dict: dict, Mapping: dict, tuple: tuple, list: list, Sequence: list, Iterable: list,
    Collection: list, set: set, frozenset: frozenset, Callable: lambda: lambda *_: None,
}  # fmt: skip
BY_TYPE: dict[Any, Make] = {
    str: lambda world: "text",
    int: lambda world: 1,
    float: lambda world: 1.0,
    bool: lambda world: False,
    bytes: lambda world: b"",
    Path: lambda world: world.folder / "mails.csv",
    dt.datetime: lambda world: dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    pd.DataFrame: lambda world: pd.DataFrame(
        {"row_id": [2], "input": ["a"], "expected": ["b"], "tuned": ["b"]}
    ),
    Recipe: lambda world: Recipe(),
    Edit: lambda world: Edit(change={(4, "text"): "changed"}),
    pa.Table: lambda world: pa.table({"text": ["a"], "label": ["b"]}),
    pa.Int64Array: lambda world: pa.array([2]),
    typing.TextIO: lambda world: io.StringIO(),
    np.ndarray: lambda world: np.array([2]),
}
BY_NAME: dict[str, Make] = {
    "hub_id": lambda world: "ann/tiny",
    "model_id": lambda world: f"run-{world.numbers['run_id']}",
    "timeout_s": lambda world: 0.0,
    "role": lambda world: "owner",
    "needs": lambda world: "owner",
    "quantization": lambda world: "none",
}
OWN: dict[tuple[str, str], Make] = {
    ("jobs.queue.wait_for", "timeout_s"): lambda world: 0.0,
    ("use.answered.written.start", "answers"): lambda world: _with_source(
        value_of("answers", Answers, world)
    ),
}
"""Service and parameter → what it is given, where name and type do not tell."""


def _with_source(answers: Answers) -> Answers:
    answers.spec.source.update(name="mails.csv", digest="0" * 64)
    return answers
