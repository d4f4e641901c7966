"""The forms in which a trained model can be taken elsewhere: one row a form. No library."""

from dataclasses import dataclass

from workbench.core.errors import WorkbenchError
from workbench.core.words import joined
from workbench.models.families import CAUSAL, ENCODER, SEQ2SEQ, Family

LORA = "lora"
ADAPTER, MERGED, GGUF, ONNX, ZIP = "adapter", "merged", "gguf", "onnx", "zip"
F16, Q8_0, Q4_K_M = "f16", "q8_0", "q4_k_m"
FP32, INT8 = "fp32", "int8"
BYTES = {"": 2.0, F16: 2.0, Q8_0: 1.07, Q4_K_M: 0.7, FP32: 4.0, INT8: 1.0}
"""Bytes of a weight, about: small models keep more of theirs in 8 bits than large ones."""
_ROUNDED = frozenset({Q8_0, Q4_K_M, INT8})


@dataclass(frozen=True)
class ExportFormat:
    """One form."""

    name: str
    """As the command line has it."""
    title: str
    """What one does with it, in the analyst's words."""
    what: str
    """What one gets, in a sentence."""
    families: tuple[str, ...]
    quantizations: tuple[str, ...] = ()
    """How many bits a weight may keep, the usual one first; none where there is no choice."""
    goes_to_hub: bool = False
    """Whether the hub knows what to do with it."""

    def usual(self) -> str:
        """The quantization that nobody has to choose."""
        return self.quantizations[0] if self.quantizations else ""


FORMATS = {
    form.name: form
    for form in (
        ExportFormat(
            GGUF,
            "Run it in Ollama or LM Studio",
            "One file with weights, tokenizer and chat template (GGUF), and a Modelfile for Ollama "
            "with the marks at which it stops.",
            (CAUSAL.name,),
            (Q8_0, Q4_K_M, F16),
        ),
        ExportFormat(
            MERGED,
            "Use it from Python",
            "The whole model as transformers loads it (merged safetensors).",
            (CAUSAL.name, SEQ2SEQ.name),
            goes_to_hub=True,
        ),
        ExportFormat(
            ADAPTER,
            "Only what it learned, for Python",
            "The small added weights (LoRA adapter), which peft puts into the same base model.",
            (CAUSAL.name, SEQ2SEQ.name),
            goes_to_hub=True,
        ),
        ExportFormat(
            ONNX,
            "Put it into another program",
            "The model as ONNX with its tokenizer, its categories and its limits; runs without "
            "Python, too.",
            (ENCODER.name,),
            (INT8, FP32),
        ),
        ExportFormat(
            ZIP,
            "Hand it over as one file",
            "Model, model card, certificate, the base model's licence, and a small script that answers a "
            "CSV file on any computer with Python.",
            (CAUSAL.name, ENCODER.name),
            (Q8_0, Q4_K_M, F16, INT8, FP32),
        ),
    )
}
"""Name → form, in the order of a page."""
BITS = {
    F16: "16 bits: as trained, the largest",
    Q8_0: "8 bits: half the size, hardly a difference",
    Q4_K_M: "4 to 6 bits: the smallest, answers may differ",
    FP32: "32 bits: as trained, the largest",
    INT8: "8 bits: a quarter of the size",
}


def format_named(name: str) -> ExportFormat:
    """The form of this name.

    Raises:
        WorkbenchError: there is none.
    """
    if name not in FORMATS:
        raise WorkbenchError(
            f"There is no export named '{name}': choose one of {', '.join(FORMATS)}."
        )
    return FORMATS[name]


def offered(family: Family, method: str = LORA) -> list[ExportFormat]:
    """The forms that a model of this family, trained in this way, can take."""
    found = [form for form in FORMATS.values() if family.name in form.families]
    return [form for form in found if form.name != ADAPTER or method == LORA]


def quantizations_of(form: ExportFormat, family: Family) -> tuple[str, ...]:
    """Those of a form's that models of this family take, the usual one first."""
    whose = (FP32, INT8) if family.name == ENCODER.name else (F16, Q8_0, Q4_K_M)
    return tuple(name for name in form.quantizations if name in whose)


def chosen(name: str, quantization: str, family: Family, method: str = LORA) -> tuple[str, str]:
    """Form and quantization, the usual one where none is said.

    Raises:
        WorkbenchError: the model cannot take this form; says which it can.
    """
    form = format_named(name)
    forms = offered(family, method)
    if not forms:
        raise WorkbenchError(
            f"A model that {family.does} cannot be taken elsewhere yet: train one that writes text, or an "
            "encoder to sort into categories."
        )
    if form not in forms:
        others = joined([other.name for other in forms])
        raise WorkbenchError(
            f"A model that {family.does} cannot be exported as '{name}': choose {others}."
        )
    known = quantizations_of(form, family)
    if quantization and quantization not in known:
        choice = joined(list(known)) if known else "no quantization"
        raise WorkbenchError(
            f"An export as '{name}' cannot be in '{quantization}': choose {choice}."
        )
    return name, quantization or (known[0] if known else "")


def is_rounded(quantization: str) -> bool:
    """Whether weights lose digits beyond 16 bits, so that answers may differ."""
    return quantization in _ROUNDED


def size_bytes(
    name: str, quantization: str, parameters: int | None, adapter_bytes: int
) -> int | None:
    """About how large the export will be; None where nobody knows how many weights there are."""
    if name == ADAPTER:
        return adapter_bytes
    return None if parameters is None else int(parameters * BYTES[quantization] + adapter_bytes / 4)
