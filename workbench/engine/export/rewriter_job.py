"""Export of an encoder-decoder, from its merged weights to its certificate."""

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from transformers import AutoModelForSeq2SeqLM

from workbench.core.chats.source_text import source_text
from workbench.core.tasks import task_named
from workbench.engine.export.exact import Written
from workbench.engine.export.making import ASKED, Making
from workbench.engine.export.merged import whole_weights
from workbench.engine.export.parity import text_way
from workbench.engine.export.rewriters import FLOAT, ExactRewriter, plain_settings, read_rewriter
from workbench.engine.export.text_exports import ADAPTER_FILES, PROBE, name_base, readme
from workbench.engine.export.text_job import (
    FOUR_BITS,
    WRITES_CATEGORIES,
    against_exam,
    long_note,
    read_with_care,
    rounding_of,
    with_prompts,
)
from workbench.engine.export.ways import sorts
from workbench.engine.models.load import base_folder
from workbench.engine.seq2seq.model import load_pair_tokenizer
from workbench.jobs.process.job_dir import write_json
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.specs import ExportModelSpec
from workbench.models.exports import set_note
from workbench.models.exports.certificate import EXPORT, Certificate
from workbench.models.exports.formats import ADAPTER

WHOLE_WORDS = 256
"""Tokens of an answer at most, where whoever asks does not say."""


@dataclass(frozen=True)
class _Back:
    """What transformers made of the export."""

    answers: list[Written]
    same_tokens: bool


def rewriter_export(making: Making, spec: ExportModelSpec, work: Path) -> tuple[Path, Certificate]:
    """Write the export of a job into `work`, read it back; its folder and its certificate.

    Raises:
        WorkbenchError: it cannot be written or read back; why.
        Cancelled, Orphaned: the process is to leave.
    """
    report, asked = making.report, making.questions.all
    ways = making.ways()
    meter = making.meter.part(ASKED, 1)
    report.phase("saving", "Putting what was learned into the base model's weights")
    base, folder = base_folder(spec.base), work / "made"
    folder.mkdir(parents=True, exist_ok=True)
    model = whole_weights(spec.base, spec.adapter, lambda _: AutoModelForSeq2SeqLM)
    pair = load_pair_tokenizer(spec.adapter, base, making.trained.max_length)
    model.generation_config = plain_settings(base, pair.framing, WHOLE_WORDS)
    _write(making, spec, model, pair.own, folder)
    meter(0.2)
    report.phase("evaluating", "The exact model answers, to compare with")
    exact = ExactRewriter(model.to(FLOAT).eval(), pair.own, pair)
    prompts = [source_text(question.messages) for question in asked]
    part, total = meter.part(0.2, 0.5), max(1, len(asked))
    done = iter(range(total + 1))
    own = exact.answers(prompts, making.new_tokens, lambda: part(next(done) / total))
    ways.append(against_exam(making, [answer.text for answer in own]))
    report.phase("checking", "Reading the export back with the program it is for")
    back = read_with_care(lambda: _read(making, spec, exact, folder, meter.part(0.5, 0.9)))
    judged = []
    for each in zip(prompts, own, back.answers, strict=True):
        making.stop.check()
        judged.append(exact.judged(*each))
    read_by = "peft" if spec.format == ADAPTER else "transformers"
    way = text_way(EXPORT, f"{read_by} {version(read_by)}", spec.task, making.questions,
                   making.read([a.text for a in own]), making.read([a.text for a in back.answers]), judged,
                   rounding_of(spec))  # fmt: skip
    ways.append(with_prompts(way, same=back.same_tokens))
    notes = [*([FOUR_BITS] if making.trained.quantization != "none" else []),
             *([long_note(making.trained)] if making.trained.long_texts else []),
             *([WRITES_CATEGORIES] if sorts(spec.task) else []),
             *([set_note.NOTE] if set_note.writes_sets(making.trained) else [])]  # fmt: skip
    return folder, making.certificate(
        ways, format=spec.format, quantization=spec.quantization, notes=tuple(notes)
    )


def _write(making: Making, spec: ExportModelSpec, model: Any, tokenizer: Any, folder: Path) -> None:
    tokenizer.save_pretrained(folder)
    if spec.format == ADAPTER:
        for name in ADAPTER_FILES:
            shutil.copyfile(spec.adapter / name, folder / name)
        name_base(spec, folder)
        model.generation_config.save_pretrained(folder)
    else:
        model.save_pretrained(folder)
    trained = making.trained
    task = task_named(trained.task)
    before, _, after = task.worded(PROBE, trained.labels).partition(PROBE)
    write_json(folder / "how_to_ask.json", {
        "task": task.name, "column": "question" if task.rows_are_conversations else task.question_role,
        "system": trained.system, "before": before, "after": after,
        "categories": list(trained.labels), "max_tokens": trained.max_length, "how": HOW,
        **set_note.how_to_read(trained),
    })  # fmt: skip
    (folder / "README.md").write_text(
        readme(spec, set_note.for_card(trained)).replace(
            "AutoModelForCausalLM", AutoModelForSeq2SeqLM.__name__
        ),
        "utf-8",
    )


def _read(
    making: Making, spec: ExportModelSpec, exact: ExactRewriter, folder: Path, meter: Meter
) -> _Back:
    asked, done = making.questions.all, [0]

    def told() -> None:
        making.stop.check()
        meter(done[0] / max(1, len(asked)))
        done[0] += 1

    base = base_folder(spec.base) if spec.format == ADAPTER else None
    answers, read = read_rewriter(
        folder, asked, making.new_tokens, told, framing=exact.pair.framing, base=base
    )
    wanted = [exact.asked(source_text(question.messages)) for question in asked]
    return _Back(answers, read == wanted)


HOW = (
    "The encoder reads system, an empty line, before, the question and after, as one text; the tokenizer adds "
    "its marks. An empty system is left out with its line. What the decoder writes is the answer."
)
