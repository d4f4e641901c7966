"""llama.cpp as a program that other people use: files written for it, and answers read back from them."""

import json
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.engine.export.convert_gguf import REFUSED
from workbench.engine.export.quantize import quantize
from workbench.jobs.process import child
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.jobs.process.meter import Meter
from workbench.models.bundled import shared_folder
from workbench.models.exports.formats import F16

CONVERT, READ = "workbench.engine.export.convert_gguf", "workbench.engine.export.read_gguf"
LOOK_S, PATIENCE_S = 0.1, 5.0
_ROOM = 64
"""Tokens of context beside question and answer."""


@dataclass(frozen=True)
class Told:
    """What a GGUF file says of how its model is asked."""

    name: str
    template: str
    """Empty for a model that only goes on with texts."""
    begins: bool
    """Whether the program is to put the begin mark before each text."""
    end: int
    """The token at which an answer ends."""


def reader_name() -> str:
    """Program and version."""
    return f"llama.cpp (xllamacpp {version('xllamacpp')})"


def converter_folder() -> Path:
    """Where `make setup` puts llama.cpp's converter."""
    return shared_folder() / "gguf-converter"


def write_gguf(source: Path, target: Path, told: Told, quantization: str, meter: Meter) -> None:
    """A merged model's folder as one GGUF file.

    Raises:
        WorkbenchError: the converter is not installed, or does not know such a model.
        Cancelled, Orphaned: the process is to leave.
    """
    work = target.with_suffix(".making")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        whole = work / "whole.gguf"
        _converted(source, whole, told, meter.part(0, 0.6))
        if quantization == F16:
            whole.replace(target)
        else:
            quantize(whole, target, quantization, meter.part(0.6, 1))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _converted(source: Path, target: Path, told: Told, meter: Meter) -> None:
    converter = converter_folder()
    if not (converter / "conversion").is_dir():
        raise WorkbenchError(
            "The program that writes GGUF files is not installed: run `make setup`, then export again."
        )
    order = target.with_name("order.json")
    write_json(order, {"source": str(source), "target": str(target), "converter": str(converter),
                       "name": told.name, "template": told.template, "begins": told.begins,
                       "end": told.end, "type": F16})  # fmt: skip
    expected = sum(file.stat().st_size for file in source.glob("*.safetensors"))
    code = _run(CONVERT, [order], lambda: _size(target) / max(1, expected), meter)
    if code:
        said = order.with_name(REFUSED)
        raise WorkbenchError(
            said.read_text("utf-8") if said.is_file() else
            f"llama.cpp's converter ended by itself ({code}) at this model: its log has the reason. Export "
            "it merged instead."
        )  # fmt: skip


def read_back(
    file: Path,
    questions: Sequence[dict[str, Any]],
    *,
    new_tokens: int,
    stops: Sequence[str],
    longest: int,
    meter: Meter,
) -> list[dict[str, Any]]:
    """What llama.cpp answers to questions, each of which has `messages` or a `prompt`.

    Args:
        longest: tokens of the longest question.

    Returns:
        For each its `text` and how many tokens were `read`, or an `error`.

    Raises:
        WorkbenchError: llama.cpp cannot read the file.
        Cancelled, Orphaned: the process is to leave.
    """
    order = file.with_suffix(".order.json")
    answers = file.with_suffix(".answers.jsonl")
    write_json(order, {"file": str(file), "questions": list(questions), "new_tokens": new_tokens,
                       "stops": list(stops), "context": longest + new_tokens + _ROOM})  # fmt: skip
    try:
        answers.unlink(missing_ok=True)
        total = max(1, len(questions))
        code = _run(READ, [order, answers], lambda: len(_lines(answers)) / total, meter)
        lines = _lines(answers)
        if code or len(lines) != len(questions):
            raise WorkbenchError(
                f"llama.cpp cannot use the file that was written ({code}), so it is not offered."
            )
        return [json.loads(line) for line in lines]
    finally:
        order.unlink(missing_ok=True)
        answers.unlink(missing_ok=True)


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.is_file() else []


def _run(program: str, arguments: Sequence[Path], share: Any, meter: Meter) -> int:
    command = [sys.executable, "-m", program, *map(str, arguments)]
    with child.running(command, PATIENCE_S, own_group=False) as process:
        while process.poll() is None:
            meter(share())
            time.sleep(LOOK_S)
        return int(process.returncode)


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def config_of(folder: Path) -> dict[str, Any]:
    """A merged model's config.json."""
    found = read_json(folder / "config.json")
    return found if isinstance(found, dict) else {}
