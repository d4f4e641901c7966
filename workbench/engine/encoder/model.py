"""A trained classifier as a folder, and that folder as a classifier: one way for every use.

model.safetensors, config.json                      the encoder, if all of it was tuned
adapter_model.safetensors, adapter_config.json      or what LoRA adds to its base
head.safetensors     the categories' weights
probe.safetensors    those of the encoder before tuning, for exams
out_of_scope.safetensors     what texts that belong to none of them are told by, if there is a way
tokenizer files, workbench.json
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file

from workbench.core.errors import WorkbenchError
from workbench.core.long_texts.joins import join_named
from workbench.core.long_texts.ways import HEAD as HEAD_ONLY
from workbench.core.long_texts.ways import HEAD_TAIL
from workbench.core.tasks import task_named
from workbench.core.whole import whole_folder
from workbench.engine.encoder.encoder import Classifier, Encoder
from workbench.engine.encoder.fast.on_cores import on_cores
from workbench.engine.encoder.fast.packed import packed
from workbench.engine.encoder.neighbours import Neighbours
from workbench.engine.encoder.out_of_scope.belonging import nearness
from workbench.engine.encoder.out_of_scope.detector import (
    DETECTOR,
    EVIDENCE,
    Detector,
    Watched,
    load_detector,
    save_detector,
)
from workbench.engine.encoder.probe import Head
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.reader.reader import Ids, Reader, load_reader, second_after
from workbench.engine.encoder.sets.any_of import EVEN, texts_of
from workbench.engine.encoder.start import encoder_to_start_from, trained_encoder
from workbench.engine.models.start import start_beside
from workbench.jobs.process.number_range import Estimate, NumberRange
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.trained import TrainedModel, read_trained, write_trained

HEAD, PROBE = "head.safetensors", "probe.safetensors"

Probabilities = npt.NDArray[np.float64]
Done = Callable[[int], None]


@dataclass(frozen=True)
class Sorted:
    """Where texts belong."""

    probabilities: Probabilities
    """(texts, labels); rows add up to 1, but where a text may have several."""
    none_of_these: list[bool] | None
    """Whether each belongs to none of the categories; None where the model cannot tell."""


@dataclass
class EncoderModel:
    """An encoder that sorts texts into categories."""

    model: Classifier
    reader: Reader
    labels: list[str]
    detector: Detector | None = None
    """Of texts that belong to none of them."""
    out_of_scope: str = ""
    """The category that says so of a text, where one was taught."""
    before: Classifier | None = None
    """The encoder before tuning with its probe, where the detector asks what it read."""
    thresholds: Probabilities | None = None
    """From which probability on each category holds (labels,), where a text may have several."""
    numbers: NumberRange | None = None
    """What its head's score stands for, where it estimates numbers."""

    def estimates(
        self, texts: Sequence[str], done: Done | None = None, ids: Sequence[Ids] | None = None
    ) -> list[Estimate]:
        """The number of each text, and between which ones it lies.

        Args:
            done: called with the number of texts that are read; may raise to leave.
            ids: the reader's of the texts, where they are there already.
        """
        assert self.numbers is not None
        if not texts:
            return []
        ids = self.reader.ids(texts) if ids is None else ids
        scores = read(self._packed, ids, self.reader.pad_id, done, on_cores)
        return [self.numbers.estimate(score) for score in scores[:, 0].tolist()]

    def sort(
        self, texts: Sequence[str], done: Done | None = None, ids: Sequence[Ids] | None = None
    ) -> Sorted:
        """Where each text belongs.

        Args:
            done: called with the number of texts that are read; may raise to leave.
            ids: the reader's of the texts, where they are there already.
        """
        if not texts:
            cannot = self.detector is None and not self.out_of_scope
            return Sorted(np.zeros((0, len(self.labels))), None if cannot else [])
        ids, pad_id = self.reader.ids(texts) if ids is None else ids, self.reader.pad_id
        if self.detector is None:
            found = read(self._packed, ids, pad_id, done, on_cores)
            if self.thresholds is not None:
                return Sorted(found.double().sigmoid().numpy(), None)
            shares = _shares(found)
            return Sorted(shares, self._outside(shares).tolist() if self.out_of_scope else None)
        found = read(self._watched, ids, pad_id, done, on_cores)
        refused = self._refused(self.detector, found, ids)
        shares = _shares(found[:, :-EVIDENCE])
        return Sorted(shares, (refused.numpy() | self._outside(shares)).tolist())

    def _refused(self, detector: Detector, found: torch.Tensor, ids: Sequence[Ids]) -> torch.Tensor:
        """Whether each text belongs to no category, bool (texts,).

        Args:
            found: what `Watched` says of the texts, whose token ids are `ids`.
        """
        evidence, origin = found[:, -EVIDENCE:], detector.origin
        if self._read_before is None or origin is None:
            return detector.refused(evidence)
        near = torch.full((len(ids),), origin.lowest)
        places = origin.undecided(evidence).nonzero()[:, 0]
        if len(places):
            asked = [ids[place] for place in places.tolist()]
            vectors = read(self._read_before, asked, self.reader.pad_id, each=on_cores)
            chosen = found[places, :-EVIDENCE].argmax(1)
            near[places] = nearness(vectors, chosen, origin.memory)
        return detector.refused(evidence, near)

    def probabilities(self, texts: Sequence[str], done: Done | None = None) -> Probabilities:
        """How probable each category is for each text, as `sort` tells it."""
        return self.sort(texts, done).probabilities

    def sets(self, shares: Probabilities) -> tuple[list[str], list[float]]:
        """The set of categories that holds for each text, and how sure that is all of it.

        Each category is taken to hold or not whatever the others do; a set is as sure as all of that
        together.
        """
        assert self.thresholds is not None
        holds = shares >= self.thresholds
        sure = np.where(holds, shares, 1 - shares).prod(1)
        return texts_of(holds, self.labels), sure.tolist()

    def _outside(self, shares: Probabilities) -> npt.NDArray[np.bool_]:
        """Which texts are sorted into the category of those that belong nowhere (texts,)."""
        return np.array([self.labels[best] == self.out_of_scope for best in shares.argmax(1)])

    @functools.cached_property
    def _packed(self) -> Classifier:
        return packed(self.model)

    @functools.cached_property
    def _watched(self) -> Watched:
        assert self.detector is not None
        return Watched(self._packed, self.detector.memory)

    @functools.cached_property
    def _read_before(self) -> Encoder | None:
        return None if self.before is None else packed(self.before).encoder

    def cut(self, texts: Sequence[str], ids: Sequence[Ids] | None = None) -> dict[int, str]:
        """For the places of texts of which a part is not read, a sentence that says so.

        Args:
            ids: the reader's of the texts, where they are there already.
        """
        cut = self.reader.cut(texts, self.reader.ids(texts) if ids is None else ids)
        limit = self.reader.max_length
        part = f"the first {limit}"
        if self.reader.long_texts == HEAD_TAIL:
            part = f"{limit} of them, its beginning and its end"
        return {
            place: f"The text is {tokens} tokens long, and this model reads {part}."
            for place, tokens in cut.items()
        }


def load_encoder_model(base: BaseModelRef, adapter: Path | None) -> EncoderModel:
    """The classifier of a job's spec.

    Args:
        adapter: the folder that `save_encoder_model` made.

    Raises:
        WorkbenchError: there is none, or it cannot be read.
    """
    if adapter is None:
        raise WorkbenchError(
            f"{base.name} only reads texts and cannot sort them before it has learned your "
            "categories: train it first, then ask the trained model."
        )
    trained = read_trained(adapter)
    encoder = trained_encoder(base, adapter, trained)
    found = _with_head(encoder, adapter, HEAD, trained, trained.thresholds)
    found.detector = load_detector(adapter / DETECTOR)
    asked = found.detector is not None and found.detector.origin is not None
    before = start_beside(adapter) or base.path
    if asked and before.is_dir():  # it may have been removed, and sorting does without
        found.before = load_probe(base, adapter).model
    return found


def load_probe(base: BaseModelRef, adapter: Path) -> EncoderModel:
    """The classifier that the tuning started from: the frozen encoder and its probe.

    In a chain that is the encoder as the training before left it.
    """
    trained = read_trained(adapter)
    encoder = encoder_to_start_from(base, start_beside(adapter), trained.pooling)
    return _with_head(encoder, adapter, PROBE, trained, trained.probe_thresholds)


def _shares(logits: torch.Tensor) -> Probabilities:
    return logits.double().softmax(1).numpy()


def _with_head(
    encoder: Encoder,
    adapter: Path,
    head: str,
    trained: TrainedModel,
    thresholds: Sequence[float],
) -> EncoderModel:
    join = join_named(trained.window_join)
    model = Classifier(encoder, load_head(adapter / head), join).to(encoder.body.device)
    model.requires_grad_(False)
    way = trained.long_texts or HEAD_ONLY
    reader = load_reader(adapter, encoder.body, trained.max_length, trained.pair, way)
    encoder.window, encoder.second_after = reader.window, second_after(reader, encoder.body)
    labels, outside = list(trained.labels), trained.out_of_scope
    limits = np.array(thresholds) if len(thresholds) else None
    if task_named(trained.task).answers_are_sets and limits is None:
        limits = np.full(len(labels), EVEN)
    return EncoderModel(
        model,
        reader,
        labels,
        out_of_scope=outside,
        thresholds=limits,
        numbers=trained.numbers,
    )


def save_head(head: Head, path: Path) -> None:
    """Write a head's weights, mean and scale."""
    save_file({name: value.contiguous() for name, value in head.state_dict().items()}, path)


def load_head(path: Path) -> Head:
    """The head in a file that `save_head` wrote.

    Raises:
        WorkbenchError: the file is missing.
    """
    if not path.is_file():
        raise WorkbenchError(f"The trained model is not whole ({path} is missing): train it again.")
    weights = load_file(path)
    labels, hidden = weights["linear.weight"].shape
    head = Head(hidden, labels)
    if "neighbours.texts" in weights:
        head.neighbours = Neighbours(len(weights["neighbours.texts"]), hidden, labels)
    head.load_state_dict(weights)
    return head


def save_encoder_model(
    target: Path,
    model: Classifier,
    probe: Head,
    reader: Reader,
    trained: TrainedModel,
    detector: Detector | None = None,
) -> None:
    """Write a classifier to a folder, whole or not at all."""
    with whole_folder(target) as folder:
        model.encoder.body.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)  # peft writes an empty model card
        save_head(model.head, folder / HEAD)
        save_head(probe, folder / PROBE)
        if detector is not None:
            save_detector(detector, folder / DETECTOR)
        reader.tokenizer.save_pretrained(folder)
        write_trained(folder, trained)
