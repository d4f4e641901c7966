"""Makes the bundled models ready to load and measures the machine, once.

    python -m workbench.engine.models.prepare

SmolLM2 is shipped as one GGUF file; it is turned into safetensors with a tokenizer (about
15 seconds). all-MiniLM-L6-v2 is used as it is shipped.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from workbench.core.errors import WorkbenchError
from workbench.engine.families import engine_of
from workbench.engine.runtime.device import write_facts
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process.job_dir import write_json
from workbench.models import bundled
from workbench.models.bundled import BUNDLED, bundled_path, is_ready, shared_folder, shipped_path

SOURCE_PRE_TOKENIZER = "smollm"
"""The GGUF's `tokenizer.ggml.pre`: digits one by one, then the byte-level pattern of GPT-2."""


def main() -> None:
    """Prepare what is missing and say what happens."""
    quiet()
    for name in BUNDLED:
        if not is_ready(name):
            print(f"Preparing {name} …", flush=True)
        ensure_ready(name)
        if not bundled.tried_file(name).is_file():
            try_once(name)
        print(f"{name} is ready.", flush=True)
    print("Measuring this machine …", flush=True)
    facts = write_facts(shared_folder() / "machine.json")
    print(f"Models will be trained in {facts['dtype']}.", flush=True)


def try_once(name: str) -> None:
    """Keep what is found when a bundled model is tried, as every model is that is added.

    Raises:
        WorkbenchError: it cannot be used on this machine.
    """
    found = engine_of(BUNDLED[name].family).checked_load(bundled_path(name), lambda *_: None)
    file = bundled.tried_file(name)
    _make_shared(file.parent)
    write_json(file, found.as_dict())
    file.chmod(0o644)


def ensure_ready(name: str) -> Path:
    """The folder of a bundled model, made if it is missing; safe to call from many processes.

    Raises:
        WorkbenchError: its package is missing or damaged.
    """
    target = bundled_path(name)
    if is_ready(name):
        return target
    shipped = _checked(name)
    _make_shared(target.parent)
    with FileLock(target.with_suffix(".lock")):
        if not is_ready(name):
            _convert(shipped, target)
    return target


def _checked(name: str) -> Path:
    shipped = shipped_path(name)
    if shipped is None or not shipped.is_file():
        raise WorkbenchError(
            f"The bundled model {name} is not installed: run `make setup` to install it."
        )
    with shipped.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    if digest != BUNDLED[name].sha256:
        raise WorkbenchError(
            f"The file of the bundled model {name} is damaged ({shipped}): delete it and run "
            "`make setup` again."
        )
    return shipped


def _convert(gguf: Path, target: Path) -> None:
    """The model of a GGUF file as a folder of safetensors; whole or not at all."""
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
    try:
        _save_model(gguf, part)
        _save_tokenizer(gguf, part)
        if target.exists():
            shutil.rmtree(target)
        _open_to_all(part)
        os.replace(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _make_shared(folder: Path) -> None:
    """Make a folder of the installation, also from a job, whose own files are private."""
    for path in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)


def _open_to_all(folder: Path) -> None:
    """Every user of this Python environment may read the model."""
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)


def _save_model(gguf: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, GgufConfig

    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.bfloat16,
    )
    # As the tokenizer's: see _save_tokenizer.
    model.config.pad_token_id = model.generation_config.pad_token_id = 0
    model.save_pretrained(folder)


def _save_tokenizer(gguf: Path, folder: Path) -> None:
    """The tokenizer in the file, put right in two places.

    transformers builds GPT-2's pre-tokenizer for every byte-level GGUF vocabulary, but this one
    was trained with each digit a piece of its own. And its padding token is the end-of-turn
    token, which tools that mask padding would then never let a model learn.
    """
    from tokenizers import pre_tokenizers
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.pad_token = tokenizer.unk_token
    tokenizer.model_max_length = BUNDLED["SmolLM2-135M-Instruct"].context_length
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    try:
        main()
    except WorkbenchError as error:
        sys.exit(str(error))
