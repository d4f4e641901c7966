"""YAML: lists of records, and the training data of assistants; every value is read as text."""

from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from workbench.core.errors import WorkbenchError
from workbench.data.readers import encodings
from workbench.data.readers.kinds import YAML
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.tables import jsons

MOST_BYTES = 32 << 20
MOST_VALUES = 5_000_000
"""Values of a file with all its references written out."""
_DOCUMENTS = 100_000


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """Plain values only, and of these nothing but "nothing" is taken for more than a text: to YAML
    a category `no` is false, and a version a number."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, form) for tag, form in forms if tag.rsplit(":", 1)[-1] in ("null", "merge")]
        for first, forms in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def _as_text(loader: _Loader, node: yaml.ScalarNode) -> Any:
    return loader.construct_scalar(node)


def _as_list(loader: _Loader, node: yaml.MappingNode) -> Any:
    return list(loader.construct_mapping(node))


for _tag in ("bool", "int", "float", "timestamp", "binary"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _as_text)
_Loader.add_constructor("tag:yaml.org,2002:set", _as_list)


def read(path: Path, name: str, options: ReadOptions) -> Table:
    """The table in a YAML file.

    Raises:
        WorkbenchError: it is no YAML (says where), too large, or holds no list of rows.
    """
    if path.stat().st_size > MOST_BYTES:
        raise WorkbenchError(
            f"{name} is YAML of more than {MOST_BYTES >> 20} MB, which takes too long to read: "
            "save its examples as JSON lines or CSV."
        )
    encoding = options.encoding or encodings.detect(path, name)
    if options.encoding:
        encodings.check(path, encoding, name)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    value = _load(path.read_text(codec), name)
    _check_size(value, name)
    return jsons.of_value(value, name, YAML, options.choice, ReadOptions(encoding=encoding))


def _load(text: str, name: str) -> Any:
    try:
        found = list(islice(yaml.load_all(text, _Loader), _DOCUMENTS))
    except RecursionError:
        raise WorkbenchError(f"{name} is nested too deeply to be read as YAML.") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise WorkbenchError(_sentence(name, error)) from None
    found = [value for value in found if value is not None]
    return found[0] if len(found) == 1 else found


def _sentence(name: str, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"Line {mark.line + 1}" if mark else "A part"
    what = getattr(error, "problem", None)
    return f"{place} of {name} is not valid YAML{f': {what}' if what else ''}. Correct it and try again."


def _check_size(value: Any, name: str) -> None:
    """Refuse what a few references make endless."""
    count, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        count += 1
        if count > MOST_VALUES:
            raise WorkbenchError(
                f"{name} refers to its own parts so often that it has more than {MOST_VALUES:,} "
                "values: write them out, or save the examples as JSON lines."
            )
        if isinstance(each, dict):
            if None in each:
                each[""] = each.pop(None)
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
