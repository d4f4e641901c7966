"""What the server can be asked: a written answer, or a category with its probability."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.messages import segments
from workbench.core.tasks import asked_as
from workbench.engine.causal.marks import Guard
from workbench.engine.causal.reading import Beginning, text_ids
from workbench.engine.evaluation.known_facts import known_to
from workbench.engine.runtime.precision import precision
from workbench.engine.serving.api.category_sets import sets_told
from workbench.engine.serving.api.in_place import InPlace, question_of, sorted_as
from workbench.engine.serving.api.numbers import estimated_as, number_told
from workbench.engine.serving.choosing.calls_wanted import CallsWanted
from workbench.engine.serving.choosing.choice_of import choice_of
from workbench.engine.serving.choosing.fields_wanted import FieldsWanted
from workbench.engine.serving.embedder import Embedded, Embedders
from workbench.engine.serving.errors import ApiError, too_long
from workbench.engine.serving.fair_lock import FairLock
from workbench.engine.serving.generation import Generation
from workbench.engine.serving.model_cache import ModelCache
from workbench.engine.serving.prompts import asked_of, conversation
from workbench.engine.serving.requests import GenerationRequest
from workbench.engine.serving.responses import Usage
from workbench.engine.serving.watching.metrics import Load
from workbench.jobs.process.stop import Check
from workbench.models.served import ServedModel
from workbench.models.templates import template_of


def _go_on() -> None:
    """Nobody gives up."""


@dataclass(frozen=True)
class _Sorted:
    """What was found for one text."""

    labels: Sequence[str]
    row: Sequence[float]
    """Probabilities in the order of the labels."""
    note: str = ""
    """What the caller must know of it."""
    none_of_these: bool | None = None
    """Whether the text belongs to no label; None where the model cannot tell."""
    several: tuple[str, float] | None = None
    """All categories that hold, as one text, and how sure that is, where there may be several."""
    thresholds: Sequence[float] = ()
    read: str = ""
    """How much of a long text was read, in a few words."""


class Inference:
    """Answers of the models in the registry, loaded as they are asked."""

    engine = "transformers"
    """What computes."""

    def __init__(self, models: ModelCache) -> None:
        self._models = models
        self._embedders = Embedders(models.turns)
        self._in_place = InPlace()

    def load(self) -> Load:
        """How busy it is."""
        loaded = self._models.count + self._embedders.count
        return Load(loaded, self._models.turns.waiting)

    def embed(self, entry: ServedModel, texts: Sequence[str], check: Check = _go_on) -> Embedded:
        """Texts as vectors, of a model that reads only.

        Args:
            check: called again and again; raises to give the work up.

        Raises:
            ApiError: 400, the model writes, or a text is too long for it; 503, it cannot be loaded.
        """
        try:
            return self._embedders.embed(entry, texts, check)
        except WorkbenchError as error:
            raise ApiError(503, str(error)) from error

    def engine_name(self, entry: ServedModel) -> str | None:
        """Which engine writes for an entry; None as long as it is not loaded, or only reads."""
        return self._models.engine_name(entry)

    def generation(self, entry: ServedModel, asked: GenerationRequest) -> Generation:
        """An answer to be written, not begun yet."""

        read: list[str] = []

        def prompt(guard: Guard) -> str:
            if asked.messages:
                loaded = self._models.text_model(entry)
                text, said = asked_of(entry, asked.messages, loaded)
                read.append(said)
                return text
            documents = asked_as(entry.task).rows_are_documents
            return Beginning(guard.text(asked.prompt) if documents else asked.prompt)

        return Generation(
            lambda: self._models.text_model(entry),
            entry.id if entry.adapter else None,
            prompt,
            asked.sampling,
            partial(_invented, entry, asked),
            partial(choice_of, asked, CallsWanted.of(asked, entry)),
            FieldsWanted.of(asked, entry),
            lambda: "".join(read[:1]),
        )

    def label(
        self, entry: ServedModel, asked: GenerationRequest, check: Check = _go_on
    ) -> tuple[str, Usage, bool | None]:
        """The likeliest category of the last user message, for clients that chat, and whether a person
        is to check it."""
        if entry.rung:
            return self._in_place_of(entry, [question_of(entry, asked)])[0], Usage(0, 0), None
        text = asked.messages[-1]["content"] if asked.messages else asked.prompt
        best = self.classify(entry, [text], check)[0]
        if note := best.get("note"):
            raise ApiError(
                400,
                f"{note} Shorten the text, or ask at /v1/classify, which answers all the same.",
                code="context_length_exceeded",
                param="messages" if asked.messages else "prompt",
            )
        return best["label"], Usage(self.tokens_of(entry, [text]), 0), best["please_check"]

    def classify(
        self, entry: ServedModel, texts: Sequence[str], check: Check = _go_on
    ) -> list[dict[str, Any]]:
        """For each text the likeliest label, and all labels with probabilities, best first.

        A model that only reads treats long texts as it did when it learned, and tells it: `read` says
        how much was read, `note` that not all was.

        Args:
            check: called again and again; raises to give the work up.

        Raises:
            ApiError: 400, the model knows no categories, or a text is too long for it; 503, it
                cannot be loaded.
        """
        has_answers = bool(entry.labels) or entry.estimates
        if not entry.sorts or not has_answers or entry.adapter is None:
            other = "chat/completions" if entry.family.writes_text else "embeddings"
            raise ApiError(
                400,
                f"'{entry.id}' knows no categories: ask it at /v1/{other}, or train a "
                "model that sorts into categories.",
                code="not_a_classifier",
                param="model",
            )
        if entry.rung:
            labels = self._in_place_of(entry, texts)
            if entry.estimates:
                return [estimated_as(number, text) for number, text in enumerate(labels)]
            return [sorted_as(number, label) for number, label in enumerate(labels)]
        try:
            if entry.estimates:
                return self._estimates(entry, texts, check)
            found = self._probabilities(entry, texts, check)
        except WorkbenchError as error:
            raise ApiError(503, str(error)) from error
        return [_ranked(number, one, entry) for number, one in enumerate(found)]

    def tokens_of(self, entry: ServedModel, texts: Sequence[str]) -> int:
        """How many tokens texts are to the model, as far as it reads them."""
        if entry.rung:
            return 0
        if entry.family.writes_text:
            tokenizer = self._models.text_model(entry).tokenizer
            return sum(len(text_ids(text, tokenizer)) for text in texts)
        return sum(map(len, self._models.classifier(entry).reader.ids(texts)))

    def _in_place_of(self, entry: ServedModel, questions: Sequence[str]) -> list[str]:
        try:
            return self._in_place.texts(entry, questions)
        except WorkbenchError as error:
            raise ApiError(503, str(error)) from error

    def _estimates(
        self, entry: ServedModel, texts: Sequence[str], check: Check
    ) -> list[dict[str, Any]]:
        model = self._models.classifier(entry)
        ids = model.reader.ids(texts)
        cut, read = model.cut(texts, ids), model.reader.read(texts, ids)
        with self._models.turns as turns:
            check()
            found = model.estimates(list(texts), lambda _read: _between(check, turns), ids)
        return [
            number_told(place, own, model.numbers, read[place], cut.get(place, ""))
            for place, own in enumerate(found)
        ]

    def _probabilities(
        self, entry: ServedModel, texts: Sequence[str], check: Check
    ) -> list[_Sorted]:
        if entry.family.writes_text:
            return [
                self._written(entry, text, number, check) for number, text in enumerate(texts, 1)
            ]
        model = self._models.classifier(entry)
        ids = model.reader.ids(texts)
        cut, read = model.cut(texts, ids), model.reader.read(texts, ids)
        with self._models.turns as turns:
            check()
            found = model.sort(list(texts), lambda _read: _between(check, turns), ids)
        none = found.none_of_these
        sets = None
        if model.thresholds is not None:
            sets = list(zip(*model.sets(found.probabilities), strict=True))
        return [
            _Sorted(
                model.labels,
                [float(p) for p in row],
                cut.get(number, ""),
                none[number] if none is not None else None,
                sets[number] if sets else None,
                [] if model.thresholds is None else model.thresholds.tolist(),
                read[number],
            )
            for number, row in enumerate(found.probabilities)
        ]

    def _written(self, entry: ServedModel, text: str, number: int, check: Check) -> _Sorted:
        """Where a text belongs for a model that writes its category."""
        loaded = self._models.text_model(entry)
        asked = [{"role": "user", "content": text}]
        messages = loaded.guard.messages(conversation(entry, asked))
        answers = list(entry.labels)
        if not entry.family.reads_apart:
            template = template_of(entry.template_from, entry.base.name)
            answers = [
                _as_learned(messages, loaded.guard.text(label), template) for label in answers
            ]
        prompt, said = asked_of(entry, asked, loaded)
        read = loaded.longest_read(prompt, answers)
        if loaded.context_length is not None and read > loaded.context_length:
            raise too_long(f"Text {number} of the input", read, loaded.context_length, "input")

        def between() -> None:
            _between(check, loaded.turns)
            loaded.select(entry.id)  # whoever had the turn may have taken another

        with loaded.turns, precision():
            between()
            return _sorted(entry, loaded.label_probabilities(prompt, answers, between), said)


def _sorted(entry: ServedModel, row: list[float], read: str = "") -> _Sorted:
    """How a model that writes sorts a text, by the probabilities of its labels."""
    best = entry.labels[max(range(len(row)), key=row.__getitem__)]
    outside = entry.out_of_scope
    none = best == outside if outside else None
    return _Sorted(entry.labels, row, none_of_these=none, read=read)


def _invented(entry: ServedModel, asked: GenerationRequest, text: str) -> list[str] | None:
    """What of an answer neither the model's examples nor the request told."""
    known = known_to(entry.adapter) if entry.adapter else None
    if known is None:
        return None
    return known.invented_texts(text, *(message["content"] for message in asked.messages))


def _between(check: Check, turns: FairLock) -> None:
    """Between two steps of a long computation: leave, or let others go first."""
    check()
    if turns.is_over():
        turns.pass_on()


def _as_learned(messages: list[dict[str, str]], label: str, template: Any) -> str:
    """The label with its end mark, as the model was taught to write it."""
    told = segments([*messages, {"role": "assistant", "content": label}], template)
    return [segment.text for segment in told if segment.learned][-1]


def _ranked(number: int, one: _Sorted, entry: ServedModel) -> dict[str, Any]:
    if one.several is not None:
        label, sure = one.several
        sets = sets_told(number, label, sure, one.labels, one.row, one.thresholds, entry)
        return {**sets, "note": one.note} if one.note else sets
    pairs = sorted(zip(one.labels, one.row, strict=True), key=lambda pair: -pair[1])
    told = {
        "index": number,
        "label": pairs[0][0],
        "probability": pairs[0][1],
        "labels": [{"label": label, "probability": p} for label, p in pairs],
        "none_of_these": one.none_of_these,
        "please_check": entry.please_check(pairs[0][1], one.none_of_these),
    }
    told |= {"read": one.read} if one.read else {}
    return {**told, "note": one.note} if one.note else told
