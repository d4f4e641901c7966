"""Export of an encoder that sorts, from its ONNX file to its certificate."""

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from workbench.core.tasks import task_named
from workbench.core.tasks.category_sets import NONE
from workbench.engine.encoder.model import EncoderModel, load_encoder_model
from workbench.engine.encoder.reader.reader import Reader
from workbench.engine.encoder.windows import OVERLAP, marks_of
from workbench.engine.export import onnx_model
from workbench.engine.export.making import ASKED, Making, picked
from workbench.engine.export.parity import number_way, sorted_way
from workbench.engine.export.questions import Questions
from workbench.engine.export.text_exports import licence_text, readme
from workbench.jobs.process.job_dir import write_json
from workbench.jobs.process.specs import ExportModelSpec
from workbench.models.exports.certificate import EXACT, EXPORT, Certificate, Way
from workbench.models.exports.formats import INT8, ZIP

SCRIPT = Path(__file__).with_name("hand_over") / "answer_with_onnx.py"
FILE = "model.onnx"
ORIGIN = (
    "Here the encoder before tuning is asked, too, whether a text belongs to none of the categories; the "
    "export tells it without that, by a limit of its own."
)
NO_LIMIT = "This model cannot tell texts that belong to none of its categories, so its export cannot either."


@dataclass(frozen=True)
class _Found:
    """How texts were answered."""

    texts: list[str]
    probabilities: list[float]
    """Of the categories in `texts`; empty of numbers."""


def sorter_export(making: Making, spec: ExportModelSpec, work: Path) -> tuple[Path, Certificate]:
    """Write the export of a job into `work`, read it back; its folder and its certificate.

    Raises:
        WorkbenchError: it cannot be written or read back; why.
        Cancelled, Orphaned: the process is to leave.
    """
    report, stop = making.report, making.stop
    ways = making.ways()
    meter = making.meter.part(ASKED, 1)
    folder = work / "made"
    folder.mkdir(parents=True, exist_ok=True)
    report.phase("evaluating", "The exact model answers, to compare with")
    model = load_encoder_model(spec.base, spec.adapter)
    sorter = onnx_model.Sorter(model).eval()
    texts = [q.text for q in making.questions.all]
    ids = model.reader.ids(texts)
    window, pad_id = model.reader.window, model.reader.pad_id
    own = _named(model, _exact(sorter, ids, pad_id, window))
    meter(0.2)
    ways.append(_against(making, making.usual.texts, making.usual.probabilities, own))
    report.phase("saving", "Writing the export")
    onnx_model.write_onnx(sorter, folder / FILE, spec.quantization)
    stop.check()
    _beside(spec, model, sorter.outputs, folder)
    meter(0.7)
    report.phase("checking", f"Reading the export back with {onnx_model.version()}")
    session = onnx_model.Session(folder / FILE)
    back = _named(model, session.sort(ids, pad_id, window))
    rounding = INT8 if spec.quantization == INT8 else ""
    ways.append(_way(making, EXPORT, onnx_model.version(), making.questions, own, back, rounding))
    detector = model.detector
    sorts_all = detector or model.out_of_scope or model.thresholds is not None or model.numbers
    notes = [] if sorts_all else [NO_LIMIT]
    notes += [ORIGIN] if detector and detector.origin else []
    return folder, making.certificate(
        ways, format=spec.format, quantization=spec.quantization, notes=tuple(notes)
    )


def _against(making: Making, texts: Any, probabilities: Any, own: _Found) -> Way:
    places = [place for place, text in enumerate(texts) if text is not None]
    usual, exact = (
        _Found([found[i] for i in places], [shares[i] for i in places] if shares else [])
        for found, shares in ((texts, probabilities), (own.texts, own.probabilities))
    )
    asked = picked(making.questions, places)
    return _way(making, EXACT, "torch, float32", asked, usual, exact, INT8)


def _way(
    making: Making,
    name: str,
    read_by: str,
    questions: Questions,
    usual: _Found,
    given: _Found,
    rounding: str,
) -> Way:
    if making.trained.numbers is not None:
        known = making.trained.numbers
        return number_way(name, read_by, questions, usual.texts, given.texts, known, rounding)
    before, now = ((one.texts, one.probabilities) for one in (usual, given))
    return sorted_way(name, read_by, making.spec.task, questions, before, now, rounding)


@torch.inference_mode()
def _exact(
    sorter: onnx_model.Sorter, ids: list[list[int]], pad_id: int, window: int | None
) -> list[tuple[Any, float]]:
    found = []
    for own in ids:
        both = onnx_model.rows_of(own, pad_id, window)
        shares, belongs = sorter(*(part.to(sorter.embeddings.device) for part in both))
        found.append((shares[0].numpy(), float(belongs[0])))
    return found


def _named(model: EncoderModel, found: list[tuple[Any, float]]) -> _Found:
    if model.numbers is not None:
        return _Found([model.numbers.written(number) for _, number in found], [])
    if model.thresholds is not None:
        sets, _ = model.sets(np.array([shares for shares, _ in found]).reshape(len(found), -1))
        return _Found(sets, [sure for _, sure in found])
    best = [int(shares.argmax()) for shares, _ in found]
    return _Found([model.labels[i] for i in best],
                  [float(shares[i]) for i, (shares, _) in zip(best, found, strict=True)])  # fmt: skip


def _beside(spec: ExportModelSpec, model: EncoderModel, outputs: list[str], folder: Path) -> None:
    """What a program needs to know beside the graph."""
    model.reader.tokenizer.save_pretrained(folder)
    task, reader = task_named(spec.task), model.reader
    several = model.thresholds is not None
    write_json(folder / "how_to_use.json", {
        "model": FILE, "task": task.name, "columns": list(reader.pair) or [task.question_role],
        "categories": model.labels, "max_tokens": reader.max_length,
        "long_texts": reader.long_texts, "marks": _marks(reader),
        "overlap": OVERLAP, "padding": reader.pad_id, "threshold": spec.threshold,
        "thresholds": np.asarray(model.thresholds).tolist() if several else None, "none": NONE,
        "least_belonging": model.detector.threshold.least if model.detector else None,
        "none_of_these_category": model.out_of_scope, "inputs": onnx_model.INPUTS,
        "outputs": outputs, "opset": onnx_model.OPSET,
        "numbers": model.numbers.as_dict() if model.numbers else None,
        "how": f"{CUT_PAIRS if reader.pair else CUT} {MEANS[outputs[1]]}",
    })  # fmt: skip
    (folder / "README.md").write_text(readme(spec), "utf-8")
    if spec.format == ZIP:
        shutil.copyfile(SCRIPT, folder / "answer_csv.py")
        needs = [f"{name}=={version(name)}" for name in ("onnxruntime", "tokenizers", "numpy")]
        (folder / "requirements.txt").write_text("\n".join(needs) + "\n", "utf-8")
        (folder / "LICENCE.txt").write_text(licence_text(spec), "utf-8")


def _marks(reader: Reader) -> list[list[int]]:
    """What stands before and behind each text, and each window of a long one."""
    marks = marks_of(reader.tokenizer)
    return [list(marks.before), list(marks.after)]


CUT = (
    "Cut a text into tokens with tokenizer.json. What is done with more than max_tokens, long_texts says: "
    "windows are rows of max_tokens with the marks around each, of which each begins before the last one's "
    "end by one part of overlap (answer_csv.py does it), with the same number, 2 or higher, as their "
    "attention_mask, and each of them gets the answer to the whole text; head_tail are the first and the last "
    "tokens; head are the first. Else the attention_mask is 1. Fill up shorter rows of a batch with padding "
    "and an attention_mask of 0."
)
CUT_PAIRS = (
    "Cut both texts of a row into tokens together, as a pair, with tokenizer.json; one whose second text is "
    "empty, alone. Of more than max_tokens the longer text is cut first (longest_first). Fill up shorter rows "
    "of a batch with padding and an attention_mask of 0."
)
ONE = (
    "The likeliest of the probabilities, in the order of categories, is the answer. A text whose belonging is "
    "below least_belonging fits none of them; an answer that is not surer than threshold is for a person to "
    "check."
)
SEVERAL = (
    "The answer is every category whose probability, in the order of categories, is at its threshold of "
    "thresholds or above; it may be none. An answer whose sureness is not above threshold is for a person to "
    "check."
)
NUMBER = (
    "The estimate is the answer, rounded to the places of numbers; where its width is known, nine of ten true "
    "numbers lie no farther from it than that, as answer_csv.py tells."
)
MEANS = {onnx_model.ONE_OF[1]: ONE, onnx_model.ANY_OF[1]: SEVERAL, onnx_model.NUMBER[1]: NUMBER}
"""Second output of the graph → how both are read."""
