"""The ways in which a trained model is asked here: by the exam, by a file, in the playground, by programs.

Each goes its own whole way: the file through the job that answers files, playground and programs through a
model server of their own, over HTTP. What they answered is kept, for the next export of the same model.
"""

import contextlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.core.messages import render_prompt
from workbench.core.tasks import task_named
from workbench.engine.causal.generate import write_answers
from workbench.engine.causal.marks import guard_of
from workbench.engine.evaluation.jobs import Engine
from workbench.engine.evaluation.predict import predict
from workbench.engine.export.questions import Question, Questions
from workbench.engine.generative.fields.writing import free
from workbench.engine.rows import Row
from workbench.jobs.process import child
from workbench.jobs.process.contract import Contract
from workbench.jobs.process.job_dir import JobDir, read_events, write_json
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import CertifySpec, PredictSpec, ServeSpec
from workbench.jobs.process.stop import Stop
from workbench.models.exports.certificate import API, PLAYGROUND, TABLE, TRAINER
from workbench.models.families import family_named
from workbench.models.served import ServedModel, sorts_as
from workbench.models.trained import LEANED_ON, read_trained

SERVING = "workbench.engine.serving"
PATIENCE_S, READY_S, LOOK_S, ANSWER_S = 10.0, 300.0, 0.1, 600.0
MODEL = "run-0"
FILE = "ways.json"


@dataclass(frozen=True)
class Answered(Contract):
    """What one way answered to all questions; those that it cannot be asked are None."""

    texts: tuple[Any, ...] = ()
    probabilities: tuple[Any, ...] = ()
    """Of the chosen categories; empty where nothing is sorted."""


@dataclass(frozen=True)
class Ways(Contract):
    """What all of them answered."""

    key: str
    """Stands for model, questions and libraries."""
    answers: dict[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> Answered | None:
        """One way's answers."""
        found = self.answers.get(name)
        return None if found is None else Answered.from_dict(found)


@dataclass(frozen=True)
class Asking:
    """One model, and what it is asked."""

    engine: Engine
    spec: CertifySpec
    questions: Questions
    new_tokens: int
    folder: Path
    """To work in."""

    def ask_all(self, meter: Meter, report: Report, stop: Stop) -> dict[str, Any]:
        """All ways, one after the other; how each answers, by name."""
        report.phase("evaluating", "The trained model answers as in its exam")
        with free():  # other programs do not hold an answer to its form
            found = {TRAINER: self._trainer(meter.part(0, 0.25), stop)}
        report.phase("evaluating", "The same questions as a file")
        with free():
            found[TABLE] = self._table(meter.part(0.25, 0.5), stop)
        report.phase("evaluating", "The same questions in the playground and as other programs ask")
        found |= self._served(meter.part(0.5, 1))
        return {name: answered.as_dict() for name, answered in found.items()}

    def _trainer(self, meter: Meter, stop: Stop) -> Answered:
        opened = self.engine.opened(self.spec.base, self.spec.adapter, self.spec.recipe)
        rows, places = _rows(self.questions.all)
        found = opened.answers(rows, self.new_tokens, stop, meter.counted(len(rows)))
        texts = _placed(found.texts, places, len(self.questions.all))
        others = [(i, q) for i, q in enumerate(self.questions.all) if q.row is None]
        if others and not _sorts(self.spec):
            model: Any = opened.model  # type: ignore[attr-defined]
            prompts = [prompt_of(model, question) for _, question in others]
            written = write_answers(model, prompts, self.new_tokens, stop, lambda _: None)
            for (place, _), text in zip(others, written, strict=True):
                texts[place] = text
        return Answered(tuple(texts), _probabilities(found.probabilities, places, len(texts)))

    def _table(self, meter: Meter, stop: Stop) -> Answered:
        rows, places = _rows(self.questions.all)
        job = JobDir(self.folder / "table")
        job.path.mkdir(parents=True, exist_ok=True)
        data = job.path / "rows.parquet"
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), data)
        told = {name: getattr(self.spec, name) for name in ("run_id", "task", "system", "base")}
        recipe = self.spec.recipe.changed(eval_max_new_tokens=self.new_tokens)
        spec = PredictSpec(**told, recipe=recipe, data=data, adapter=self.spec.adapter)
        made = predict(self.engine, spec, job, _PartOf(meter), stop)
        stop.check()  # a cancel leaves what was answered so far
        table = pq.read_table(made["predictions"])
        shares = table["probability"].to_pylist() if "probability" in table.column_names else None
        total = len(self.questions.all)
        texts = _placed(table["output"].to_pylist(), places, total)
        meter(1.0)
        return Answered(tuple(texts), _probabilities(shares, places, total))

    def _served(self, meter: Meter) -> dict[str, Answered]:
        with served(self.spec, self.folder / "server", meter) as url:
            found: dict[str, Answered] = {}
            half = {PLAYGROUND: meter.part(0.1, 0.55), API: meter.part(0.55, 1)}
            for name, part in half.items():
                done, total = [], len(self.questions.all)
                for number, question in enumerate(self.questions.all):
                    part(number / total)
                    done.append(self._reply(url, question, streamed=name == PLAYGROUND))
                shares = tuple(p for _, p in done) if _sorts(self.spec) else ()
                found[name] = Answered(tuple(text for text, _ in done), shares)
            return found

    def _reply(self, url: str, question: Question, *, streamed: bool) -> tuple[Any, Any]:
        """An answer and its probability; the playground lets texts come bit by bit and sorts by the
        categories' own address, a program asks for all at once."""
        sorts = _sorts(self.spec)
        if sorts and question.row is None:
            return None, None
        if task_named(self.spec.task).answers_are_numbers:
            return _post(url, "/v1/classify", {"input": question.text})["data"][0]["label"], None
        if sorts and streamed:
            found = _post(url, "/v1/classify", {"input": question.text})["data"][0]
            return found["label"], found["probability"]
        body: dict[str, Any] = {"temperature": 0, "max_tokens": self.new_tokens}
        body["response_format"] = {"type": "text"}
        body |= {"messages": question.raw} if question.raw else {"prompt": question.text}
        path = "/v1/chat/completions" if question.raw else "/v1/completions"
        if streamed:
            return _streamed(url, path, {**body, "stream": True}).strip(), None
        choice = _post(url, path, body)["choices"][0]
        text = choice["message"]["content"] if question.raw else choice["text"]
        return str(text).strip(), None


class _PartOf(Report):
    """What a job within this one says: how far it is, as a part of the whole, and nothing else."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.doing = ""

    def phase(self, name: str, message: str) -> None:
        """Not told."""

    def progress(self, step: int, total_steps: int, **fields: Any) -> None:
        """Told as a part of the whole."""
        self._meter(step / max(1, total_steps))

    def log(self, message: str) -> None:
        """Not told."""


def prompt_of(model: Any, question: Question) -> str:
    """The text of a conversation, as a model that writes reads it."""
    messages = guard_of(model.tokenizer).messages(question.messages)
    return render_prompt(messages, model.wording.template)


def sorts(task: str) -> bool:
    """Whether answers are categories."""
    return task_named(task).answers_are_categories


def _sorts(spec: CertifySpec) -> bool:
    about = read_trained(spec.adapter)
    return sorts_as(spec.task, family_named(about.family)) and bool(about.labels)


def _rows(questions: Sequence[Question]) -> tuple[list[Row], list[int]]:
    """The rows among the questions, and their places."""
    found = [(q.row, place) for place, q in enumerate(questions) if q.row is not None]
    return [row for row, _ in found], [place for _, place in found]


def _placed(values: Sequence[Any], places: Sequence[int], total: int) -> list[Any]:
    found: list[Any] = [None] * total
    for value, place in zip(values, places, strict=True):
        found[place] = value
    return found


def _probabilities(
    values: Sequence[float] | None, places: Sequence[int], total: int
) -> tuple[Any, ...]:
    return () if values is None else tuple(_placed(values, places, total))


@contextlib.contextmanager
def served(spec: CertifySpec, folder: Path, meter: Meter) -> Iterator[str]:
    """A model server of its own for the block; its address.

    Raises:
        WorkbenchError: it does not start.
        Cancelled, Orphaned: the process is to leave.
    """
    folder.mkdir(parents=True, exist_ok=True)
    job = JobDir(folder)
    registry = folder / "models.json"
    write_json(registry, [_entry(spec).as_dict()])
    told = ServeSpec(job_id=1, registry=registry, preload=MODEL, without_key=True)
    write_json(job.spec, told.as_dict())
    command = [sys.executable, "-m", SERVING, str(folder)]
    with (
        job.log.open("ab") as log,
        child.running(command, PATIENCE_S, log=log.fileno(), own_group=False) as process,
    ):
        yield f"http://127.0.0.1:{_port(job, process, meter)}"


def _entry(spec: CertifySpec) -> ServedModel:
    about = read_trained(spec.adapter)
    leans = spec.adapter if (spec.adapter / LEANED_ON).is_file() else None
    return ServedModel(id=MODEL, title=spec.title, family_name=family_named(about.family).name,
                       task=about.task, base=spec.base, adapter=spec.adapter, labels=about.labels,
                       out_of_scope=about.out_of_scope, system=about.system,
                       quantization=about.quantization, leans_on=leans, max_length=about.max_length, long_texts=about.long_texts,
                       threshold=spec.threshold)  # fmt: skip


def _port(job: JobDir, process: Any, meter: Meter) -> int:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and process.poll() is None:
        meter(0.05)
        ready = [e for e in read_events(job, 1, 0)[0] if e["type"] == "ready"]
        if ready:
            return int(ready[-1]["port"])
        time.sleep(LOOK_S)
    raise WorkbenchError(
        f"The model server did not start for the check: its log is in {job.log}. Try again."
    )


def _post(url: str, path: str, body: dict[str, Any]) -> Any:
    reply = httpx.post(
        f"{url}{path}", json={"model": MODEL, **body}, timeout=ANSWER_S, trust_env=False
    )
    if reply.status_code != httpx.codes.OK:
        raise WorkbenchError(
            f"The model server refused a question of the check ({reply.text[:300]})."
        )
    return reply.json()


def _streamed(url: str, path: str, body: dict[str, Any]) -> str:
    text = ""
    asked = {"model": MODEL, **body}
    with httpx.stream(
        "POST", f"{url}{path}", json=asked, timeout=ANSWER_S, trust_env=False
    ) as reply:
        for line in reply.iter_lines():
            if not line.startswith("data: ") or line == "data: [DONE]":
                continue
            event = json.loads(line.removeprefix("data: "))
            if "error" in event:
                raise WorkbenchError(f"The model server failed at the check ({event['error']}).")
            for choice in event["choices"]:
                text += choice.get("text") or choice.get("delta", {}).get("content") or ""
    return text
