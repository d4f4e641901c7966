"""What a trained model gives away of the rows it learned from: it is begun, and goes on."""

from collections.abc import Callable, Sequence
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.engine.evaluation.habits.learned import learned_from
from workbench.engine.evaluation.habits.opened import Opened
from workbench.engine.rows import Row
from workbench.evaluation.habits import parts
from workbench.evaluation.habits.memorised import (
    ALONE,
    BEGUN,
    LEANED,
    PASSAGE,
    Finding,
    Memory,
    Probe,
)
from workbench.evaluation.habits.nearly import likeness
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.specs import HabitsSpec
from workbench.jobs.process.stop import Stop

NEARLY, MOST_AGAIN = 0.5, 60
"""How like a value something must be to be asked once more, and how often that is done."""
SHOWN = 200
"""Findings that are kept to be read; they are all counted."""


class Remembering:
    """The tries at one model."""

    def __init__(self, model: Opened, spec: HabitsSpec, stop: Stop) -> None:
        """Plan them.

        Raises:
            WorkbenchError: there are no learned rows, or they are damaged.
        """
        self._model, self._stop = model, stop
        self._new_tokens = spec.recipe.eval_max_new_tokens
        learned = learned_from(spec.data, spec.task, spec.recipe.seed)
        if not learned:
            raise WorkbenchError("The examples have no rows that were learned from: train again.")
        self.memory = Memory(learned, stop.check)
        documents = task_named(spec.task).rows_are_documents
        self.probes = self.memory.plan(
            spec.recipe.seed,
            leans=model.leans,
            alone=model.goes_on_alone,
            documents=documents,
        )

    def found(self, meter: Meter) -> dict[str, Any]:
        """What came out, as plain values.

        Raises:
            Cancelled, Orphaned: the process is to leave.
        """
        with self._model.exactly() as exact:
            return self._found(meter, exact=exact)

    def _found(self, meter: Meter, *, exact: bool) -> dict[str, Any]:
        told, elsewhere, suspects = list[Finding](), list[Finding](), list[Probe]()
        said = self._say(self.probes, meter)
        if not exact:
            said = self._asked_alone(said)
        for probe, text in zip(self.probes, said, strict=True):
            own, others = self.memory.findings(probe, text), self.memory.elsewhere(probe, text)
            suspects += [probe] if own or others else []
            told += own
            elsewhere += others
        known = self._known_before(suspects)
        learned = [one for one in told if _key(one) not in known]
        return {
            **self._tried(),
            "rows": len({one.row_id for one in learned}),
            "values": len({(one.called, one.text) for one in learned}),
            "known_before": len(told) - len(learned),
            "found": _merged(learned)[:SHOWN],
            "elsewhere": _merged(elsewhere)[:SHOWN],
        }

    def _tried(self) -> dict[str, int]:
        learned, rows = self.memory.learned, {probe.learned.row_id for probe in self.probes}
        hiding = {learned[place].row_id for place in self.memory.hiding}
        return {
            "learned_answers": len(learned),
            "sensitive_rows": len(hiding),
            "sensitive_rows_tried": len(hiding & rows),
            "rows_tried": len(rows),
            "tries": len(self.probes),
        }

    def _known_before(self, probes: Sequence[Probe]) -> set[tuple[int, str, str]]:
        """What the model before training says as well, so that it is not learned from the rows.

        It may only be looked up in the example that an answer leans on: that gives it away all the same.
        """
        with self._model.untrained():
            said = self._say(probes, None)
        return {
            _key(one)
            for probe, text in zip(probes, said, strict=True)
            if probe.way != LEANED
            for one in self.memory.findings(probe, text)
        }

    def _say(self, probes: Sequence[Probe], meter: Meter | None) -> list[str]:
        """How each try goes on: long enough for a whole answer, or for what follows a beginning."""
        texts, told = [""] * len(probes), 0
        for begun, tokens in ((True, parts.SHORT_TOKENS), (False, self._new_tokens)):
            places = [i for i, probe in enumerate(probes) if (probe.way in (BEGUN, ALONE)) == begun]
            done = _counting(meter, told, len(probes))
            rows, beginnings = _asked([probes[i] for i in places])
            said = self._model.go_on(rows, beginnings, tokens, self._stop, done)
            for i, text in zip(places, said, strict=True):
                texts[i] = text
            told += len(places)
        return texts

    def _asked_alone(self, said: list[str]) -> list[str]:
        """What nearly told something is asked again, each try on its own.

        Beside longer texts in a batch, 16 bits round otherwise, and one sign of what is known by heart
        can come out wrong; whoever asks in use asks alone.
        """
        near = {i: likeness(self.probes[i], text) for i, text in enumerate(said)}
        again = sorted((i for i in near if NEARLY <= near[i] < 1), key=lambda i: (-near[i], i))
        for i in again[:MOST_AGAIN]:
            one = self._say([self.probes[i]], None)[0]
            said[i] = max(said[i], one, key=lambda text: likeness(self.probes[i], text))
        return said


def _asked(probes: Sequence[Probe]) -> tuple[list[Row | None], list[str]]:
    """Rows as they are asked, and the beginnings of their answers."""
    return [_row(one) for one in probes], [one.beginning for one in probes]


def _row(probe: Probe) -> Row | None:
    """A learned row is not shown itself as an example, but in use it is."""
    row = probe.learned.row
    return {ALONE: None, LEANED: {**row, "split": ""}}.get(probe.way, row)


def _key(one: Finding) -> tuple[int, str, str]:
    """The same for the same thing; passages of one row need not be alike word for word."""
    return one.row_id, one.way, one.called if one.called == PASSAGE else one.text


def _counting(meter: Meter | None, told: int, total: int) -> Callable[[int], None]:
    if meter is None:
        return lambda done: None
    count = meter.counted(total)
    return lambda done: count(told + done)


def _merged(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Each thing that came out once, with all the ways in which it did, and the rows it is from."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in findings:
        values = {name: value for name, value in vars(one).items() if name != "way"}
        kept = found.setdefault((one.called, one.text), {**values, "ways": [], "row_ids": []})
        kept["ways"] = list(dict.fromkeys([*kept["ways"], one.way]))
        kept["row_ids"] = list(dict.fromkeys([*kept["row_ids"], one.row_id]))
    return list(found.values())
