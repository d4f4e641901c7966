"""Export of a model that writes, from its merged weights to its certificate."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from workbench.core.errors import WorkbenchError
from workbench.core.long_texts.ways import WAYS
from workbench.engine.export.exact import exact_of
from workbench.engine.export.making import ASKED, Making, picked
from workbench.engine.export.merged import merged
from workbench.engine.export.parity import UNROUNDED, text_way
from workbench.engine.export.text_exports import TextExport
from workbench.engine.export.ways import sorts
from workbench.engine.export.writers import CausalWriter
from workbench.jobs.process.specs import ExportModelSpec
from workbench.jobs.process.stop import Cancelled, Orphaned
from workbench.models.exports.certificate import EXACT, EXPORT, Certificate, Way
from workbench.models.exports.formats import ADAPTER
from workbench.models.exports.plain_template import plain_template, sha256_of
from workbench.models.exports.set_note import NOTE, writes_sets
from workbench.models.templates import template_of
from workbench.models.trained import LEANED_ON, TrainedModel

Back = TypeVar("Back")
FOUR_BITS = (
    "It learned on base weights in few bits; exported are the base's 16-bit weights with what it learned. "
    "The line 'The weights in 16 bits' says what that changes."
)
LEANS = (
    "Here it looks up one of your examples before each answer; elsewhere it answers without them, "
    "and was compared so."
)
WRITES_CATEGORIES = (
    "Here it chooses among the categories; elsewhere it has to write one, and was compared so."
)
OWN_TEMPLATE = (
    "Its chat template cannot be said in plain words for other programs, so they may put questions "
    "otherwise."
)


def long_note(trained: TrainedModel) -> str:
    """What other programs do not know of long texts."""
    return (
        f"Of a question of more than {trained.max_length:,} tokens this model reads parts here, as it "
        f"learned to ({WAYS[trained.long_texts].title.lower()}); another program gives it the whole text as "
        "far as its context goes, so shorten long texts before you ask there."
    )


def text_export(making: Making, spec: ExportModelSpec, work: Path) -> tuple[Path, Certificate]:
    """Write the export of a job into `work`, read it back; its folder and its certificate.

    Raises:
        WorkbenchError: it cannot be written or read back; why.
        Cancelled, Orphaned: the process is to leave.
    """
    report, stop = making.report, making.stop
    ways = making.ways()
    meter = making.meter.part(ASKED, 1)
    report.phase("saving", "Putting what was learned into the base model's weights")
    whole, folder = work / "whole", work / "made"
    for path in (whole, folder):
        path.mkdir(parents=True, exist_ok=True)
    model = merged(spec.base, spec.adapter)
    template = template_of(spec.adapter, spec.base.name)
    source = plain_template(template)
    model.tokenizer.chat_template = source or template.source
    model.save(whole)
    meter(0.1)
    report.phase("evaluating", "The exact model answers, to compare with")
    writer = CausalWriter(exact_of(model.model, model.tokenizer), template)
    asked = making.questions.all
    part, total = meter.part(0.1, 0.4), max(1, len(asked))
    done = iter(range(total + 1))
    own = writer.answers(asked, making.new_tokens, lambda: part(next(done) / total))
    ways.append(against_exam(making, [answer.text for answer in own]))
    report.phase("saving", "Writing the export")
    made = TextExport(
        spec, making.trained, writer, whole, source or template.source, making.new_tokens
    )
    made.write(folder, meter.part(0.4, 0.55))
    report.phase("checking", "Reading the export back with the program it is for")
    back = read_with_care(lambda: made.read(folder, asked, meter.part(0.55, 0.9), stop.check))
    judged = writer.judged(asked, own, back.answers, stop.check)
    way = text_way(EXPORT, back.read_by, spec.task, making.questions,
                   making.read([a.text for a in own]), making.read([a.text for a in back.answers]), judged,
                   rounding_of(spec))  # fmt: skip
    ways.append(with_prompts(way, same=back.template_same))
    notes = [*([FOUR_BITS] if making.trained.quantization != "none" else []),
             *([LEANS] if _leans(spec.adapter) else []),
             *([long_note(making.trained)] if making.trained.long_texts else []),
             *([WRITES_CATEGORIES] if sorts(spec.task) else []),
             *([NOTE] if writes_sets(making.trained) else []),
             *([] if source else [OWN_TEMPLATE]), *back.notes]  # fmt: skip
    return folder, making.certificate(
        ways, format=spec.format, quantization=spec.quantization, notes=tuple(notes),
        template_sha256=sha256_of(source or template.source), template_same=back.template_same,
    )  # fmt: skip


def read_with_care(read: Callable[[], Back]) -> Back:
    """What the export answers; whatever a library meets in it is a reason not to offer it."""
    try:
        return read()
    except (WorkbenchError, Cancelled, Orphaned, MemoryError):
        raise
    except Exception as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        raise WorkbenchError(
            f"The export was written, but the program that it is for cannot read it ({said}), so it is not "
            "offered: choose another form."
        ) from error


def rounding_of(spec: ExportModelSpec) -> str:
    """How the export's weights are rounded, beside the merged ones in 16 bits."""
    if spec.format == ADAPTER:
        return UNROUNDED
    return spec.quantization if spec.quantization != "f16" else ""


def _leans(adapter: Path) -> bool:
    return (adapter / LEANED_ON).is_file()


def against_exam(making: Making, own: list[str]) -> Way:
    """What becomes of the exam's answers in whole weights."""
    usual = making.usual.texts
    places = [place for place, text in enumerate(usual) if text is not None]
    way = text_way(EXACT, "transformers, float32", making.spec.task, picked(making.questions, places),
                   making.read([usual[i] for i in places]), making.read([own[i] for i in places]))  # fmt: skip
    if way.passed or not sorts(making.spec.task):
        return way
    advice = (
        "Train it longer, so that it writes them, or take an encoder, which chooses everywhere."
    )
    return replace(way, why=f"{way.why} {WRITES_CATEGORIES} {advice}")


def with_prompts(way: Way, *, same: bool) -> Way:
    """A program that puts questions otherwise than they were learned is no road to the same answers."""
    if same or not way.passed:
        return way
    return replace(
        way, passed=False, why="It puts questions into other tokens than the model learned."
    )
