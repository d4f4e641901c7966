"""Exports of a model that writes: written from its merged weights, and read back."""

import json
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.engine.causal.reading import text_ids
from workbench.engine.encoding.opening import opening
from workbench.engine.export import llama
from workbench.engine.export.exact import Check, Exact, Written, written_by
from workbench.engine.export.questions import Question
from workbench.engine.export.writers import CausalWriter, read_causal
from workbench.engine.models.config import writer_class
from workbench.engine.models.load import base_folder
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.specs import ExportModelSpec
from workbench.models.exports import set_note
from workbench.models.exports.formats import ADAPTER, GGUF, MERGED, ZIP
from workbench.models.exports.modelfile import (
    MOST_CONTEXT,
    NO_TEMPLATE,
    for_documents,
    modelfile,
    stops_of,
)
from workbench.models.exports.tool_note import TITLE, for_card, for_modelfile, system_of
from workbench.models.exports.turn_pieces import pieces_of
from workbench.models.trained import TrainedModel

ADAPTER_FILES = ("adapter_model.safetensors", "adapter_config.json")
_TOKENIZER = ("tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab.*", "merges.txt",
              "generation_config.json")  # fmt: skip
PROBE = "\ue000"
SCRIPT = Path(__file__).with_name("hand_over") / "answer_with_gguf.py"


@dataclass
class ReadBack:
    """What the program that an export is for made of it."""

    answers: list[Written]
    read_by: str
    template_same: bool
    """Whether it put the questions as we do."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextExport:
    """One export in the making."""

    spec: ExportModelSpec
    trained: TrainedModel
    writer: CausalWriter
    whole: Path
    """The merged model's folder."""
    source: str
    """The chat template as other programs render it; empty where nothing is asked in turns."""
    new_tokens: int

    def write(self, folder: Path, meter: Meter) -> None:
        """All files of the export, but its certificate."""
        write = {ADAPTER: self._adapter, MERGED: self._merged, GGUF: self._gguf, ZIP: self._zip}
        write[self.spec.format](folder, meter)
        card = readme(self.spec, self._tools(), set_note.for_card(self.trained))
        own = writer_class(self.writer.exact.model.config).__name__
        (folder / "README.md").write_text(card.replace("AutoModelForCausalLM", own), "utf-8")

    def _tools(self) -> str:
        """How it calls tools, unless the card says so already."""
        return "" if TITLE in self.spec.card else for_card(self.trained)

    def read(
        self, folder: Path, questions: Sequence[Question], meter: Meter, check: Check
    ) -> ReadBack:
        """What it answers in the program that it is for."""
        if self.spec.format in (GGUF, ZIP):
            return self._read_gguf(folder, questions, meter)
        base = base_folder(self.spec.base) if self.spec.format == ADAPTER else None
        total, done = max(1, len(questions)), [0]

        def told() -> None:
            check()
            meter(done[0] / total)
            done[0] += 1

        texts, prompts = read_causal(folder, questions, self.new_tokens, told, base=base,
                                     end_text=self.writer.exact.ends.text)  # fmt: skip
        name = "peft" if base else "transformers"
        same = all(
            p == _bare(self.writer.prompt(q)) for p, q in zip(prompts, questions, strict=True)
        )
        return ReadBack(texts, f"{name} {version(name)}", same, self._ends_note())

    def _adapter(self, folder: Path, meter: Meter) -> None:
        for name in ADAPTER_FILES:
            shutil.copyfile(self.spec.adapter / name, folder / name)
        for pattern in _TOKENIZER:
            for file in self.whole.glob(pattern):
                shutil.copyfile(file, folder / file.name)
        self._template(folder)
        name_base(self.spec, folder)

    def _merged(self, folder: Path, meter: Meter) -> None:
        for number, file in enumerate(sorted(self.whole.iterdir())):
            meter(number / 20)
            shutil.copyfile(file, folder / file.name)

    def _template(self, folder: Path) -> None:
        if self.source:
            (folder / "chat_template.jinja").write_text(self.source, "utf-8")

    def _gguf(self, folder: Path, meter: Meter) -> None:
        told = llama.Told(self.spec.name, self.source, self._begins, self._end)
        llama.write_gguf(self.whole, folder / self._file, told, self.spec.quantization, meter)
        text = self._modelfile()
        if text is not None:
            (folder / "Modelfile").write_text(text + for_modelfile(self.trained), "utf-8")
        write_json(folder / "how_to_ask.json", self._how())

    def _zip(self, folder: Path, meter: Meter) -> None:
        self._gguf(folder, meter)
        shutil.copyfile(SCRIPT, folder / "answer_csv.py")
        (folder / "requirements.txt").write_text(f"xllamacpp=={version('xllamacpp')}\n", "utf-8")
        (folder / "LICENCE.txt").write_text(licence_text(self.spec), "utf-8")

    @property
    def _file(self) -> str:
        return f"{self.spec.name}-{self.spec.quantization}.gguf"

    @property
    def _documents(self) -> bool:
        return task_named(self.trained.task).rows_are_documents

    @property
    def _begins(self) -> bool:
        """Templates write their begin mark themselves; documents have none."""
        return self._documents and bool(opening(self.writer.exact.tokenizer))

    @property
    def _end(self) -> int:
        """The token that the model learned to end with."""
        tokenizer, ends = self.writer.exact.tokenizer, self.writer.exact.ends
        stops = self._stops()
        found = tokenizer.convert_tokens_to_ids(stops[0]) if stops else None
        return int(found if found in ends.ids else tokenizer.eos_token_id)

    def _stops(self) -> list[str]:
        if self._documents:
            return self._end_texts()
        pieces = pieces_of(self.writer.template)
        return (
            stops_of(self.writer.template, pieces, self._end_texts())
            if pieces
            else self._end_texts()
        )

    def _end_texts(self) -> list[str]:
        tokenizer = self.writer.exact.tokenizer
        ids = sorted(self.writer.exact.ends.ids, key=lambda i: (i != tokenizer.eos_token_id, i))
        own = self.writer.exact.ends.text
        return [*([own] if own else []), *tokenizer.convert_ids_to_tokens(ids)]

    def _context(self) -> int:
        config = self.writer.exact.model.config.get_text_config()
        return int(getattr(config, "max_position_embeddings", None) or MOST_CONTEXT)

    def _modelfile(self) -> str | None:
        if self._documents:
            return for_documents(self._file, self._end_texts(), self._context())
        return modelfile(self._file, self.writer.template, self._end_texts(),
                         system=system_of(self.trained), context=self._context())  # fmt: skip

    def _how(self) -> dict[str, Any]:
        """How the model is to be asked, for a program that knows nothing of it."""
        task = task_named(self.trained.task)
        before, _, after = task.worded(PROBE, self.trained.labels).partition(PROBE)
        return {
            "model": self._file, "task": task.name,
            "column": "question" if task.rows_are_conversations else task.question_role,
            "system": system_of(self.trained), "before": before, "after": after,
            "is_text": self._documents, "categories": list(self.trained.labels),
            "stops": self._stops(), "max_tokens": self.new_tokens,
            "context": min(self._context(), MOST_CONTEXT), **set_note.how_to_read(self.trained),
        }  # fmt: skip

    def _read_gguf(self, folder: Path, questions: Sequence[Question], meter: Meter) -> ReadBack:
        asked = [{"messages": q.messages} if q.messages else {"prompt": q.text} for q in questions]
        lengths = [self.writer.length(q) for q in questions]
        found = llama.read_back(
            folder / self._file, asked, new_tokens=self.new_tokens, stops=self._stops(),
            longest=max(lengths, default=0), meter=meter,
        )  # fmt: skip
        wrong = next((one["error"] for one in found if "error" in one), None)
        if wrong:
            raise WorkbenchError(
                f"llama.cpp cannot answer with the file that was written ({wrong})."
            )
        same = all(one["read"] == length for one, length in zip(found, lengths, strict=True))
        answers = [_written(one, self.writer.exact) for one in found]
        notes = self._ends_note()
        if not self._documents and pieces_of(self.writer.template) is None:
            notes = (*notes, NO_TEMPLATE)
        return ReadBack(answers, llama.reader_name(), same, notes)

    def _ends_note(self) -> tuple[str, ...]:
        end = self.writer.exact.ends.text
        if not end:
            return ()
        return (
            f"No token ends this model's answers: tell your program to stop at {json.dumps(end)}.",
        )


def _written(reply: dict[str, Any], exact: Exact) -> Written:
    """What llama.cpp wrote; it leaves out tokens of which it says nothing else, and then the text counts."""
    text = reply["text"].strip()
    found = written_by(reply["ids"], exact.tokenizer, exact.ends)
    return found if found.text == text else Written(text, tuple(text_ids(text, exact.tokenizer)))


def name_base(spec: ExportModelSpec, folder: Path) -> None:
    """Write where an adapter's base model comes from in place of where it lies here."""
    about = dict(read_json(folder / "adapter_config.json") or {})
    about["base_model_name_or_path"] = spec.source or spec.base.name
    about["revision"] = spec.base.revision or None
    write_json(folder / "adapter_config.json", about)


def readme(spec: ExportModelSpec, *answers: str) -> str:
    """The model card, with what is known of the base model; a short one where there was no exam.

    Args:
        answers: what has to be known of its answers, such as how it calls tools; empty ones are left out.
    """
    head = [f"base_model: {json.dumps(spec.source)}"] if spec.source else []
    head += [f"license: {json.dumps(spec.licence.lower())}"] if spec.licence else []
    short = "\n".join(["---", *head, "tags:", "- slm-workbench", "---", "", f"# {spec.title}"])
    use = _USES.get(spec.format, "").replace("BASE", spec.source or spec.base.name)
    parts = [
        spec.card.strip() or short,
        f"## The base model\n\n{licence_text(spec).strip()}",
        *answers,
        use,
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


_USES = {
    ADAPTER: """## From Python

    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained("BASE"), "this folder")
    model.generation_config = GenerationConfig.from_pretrained("this folder")
    tokenizer = AutoTokenizer.from_pretrained("this folder")""",
    MERGED: """## From Python

    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained("this folder")
    tokenizer = AutoTokenizer.from_pretrained("this folder")""",
    GGUF: """## In Ollama

In the folder with the .gguf file and the Modelfile: `ollama create my-model -f Modelfile`, then
`ollama run my-model`. How questions were worded when it learned stands in how_to_ask.json.""",
    ZIP: """## Answer a CSV file

    pip install -r requirements.txt
    python answer_csv.py IN.csv OUT.csv""",
}
"""Form → how it is used there."""


def licence_text(spec: ExportModelSpec) -> str:
    """What may be done with the base model, as far as it is known."""
    which = spec.source or spec.base.name
    if not spec.licence:
        return (
            f"The licence of the base model {which} is not known: look it up where it came from.\n"
        )
    revision = f", revision {spec.base.revision}" if spec.base.revision else ""
    return (
        f"This model was made from {which}{revision}, which its makers give out under the licence "
        f"{spec.licence}. What was learned from your examples is yours; the base model's licence holds for the "
        "whole.\n"
    )


def packed(folder: Path, target: Path, check: Check) -> None:
    """All files of a folder as one zip; what is compressed already is only put in."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as out:
        for file in sorted(folder.rglob("*")):
            check()
            if file.is_file():
                out.write(file, Path(target.stem) / file.relative_to(folder))


def _bare(prompt: str) -> str:
    """A prompt without what guards a user's text."""
    return prompt.replace("\ufdd0", "")
