"""Makes a folder that can be loaded of a model in another form, in a process of its own.

    python -m workbench.engine.models.convert SOURCE TARGET FORM MODEL_TYPE

The process may take so much memory, time and disk as the model's size asks for, and no more. Why
a model cannot be converted stands in TARGET/refused.txt afterwards, a sentence.
"""

import json
import os
import resource
import shutil
import sys
import threading
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.data.bulk.limits import limit_memory
from workbench.jobs.process.job_dir import LIFELINE_VARIABLE, read_json
from workbench.models.formats import (
    GGUF,
    PICKLE,
    SAFETENSORS,
    ModelFiles,
    model_files,
    sentencepiece_file,
)

REFUSED = "refused.txt"
KEPT = ("*.json", "*.txt", "*.model", "*.jinja", "README.md", "LICENSE*", "1_Pooling/config.json")
"""What is taken over beside the weights."""
LEFT = ("*.index.json",)
_ROOM = 2 * 2**30
"""Bytes for the libraries and what they hold beside the weights."""
_LARGEST_KEPT = 200 * 2**20


def main(source: Path, target: Path, form: str, model_type: str) -> int:
    """Convert; the exit code."""
    _leave_with_parent()
    files = model_files(source)
    if files.form != form:
        return _refuse(target, f"The files in {source} changed meanwhile: add the model again.")
    _import_libraries()
    _limit(files)
    try:
        write_folder(source, files, target, model_type)
    except WorkbenchError as error:
        return _refuse(target, str(error))
    except MemoryError:
        return _refuse(
            target, f"{source} asks for more memory than a model of its size needs: it is damaged."
        )
    return 0


def _refuse(target: Path, sentence: str) -> int:
    (target / REFUSED).write_text(sentence, "utf-8")
    return 1


def needs_conversion(source: Path) -> bool:
    """Whether the model in a folder can be loaded only once it is written anew.

    Raises:
        WorkbenchError: it has no weights that can be read.
    """
    if model_files(source).form != SAFETENSORS or sentencepiece_file(source):
        return True
    config = read_json(source / "config.json")
    return isinstance(config, dict) and not config.get("model_type")


def write_folder(source: Path, files: ModelFiles, target: Path, model_type: str) -> None:
    """Write what can be loaded into a folder that is there and empty.

    Args:
        model_type: for a config.json that names none.

    Raises:
        WorkbenchError: the model cannot be converted; why.
    """
    if files.form == GGUF:
        from workbench.engine.models.gguf_file import write_gguf

        write_gguf(files.weights[0], target)
        return
    _take_over(source, target, model_type)
    if files.form == PICKLE:
        _write_weights(files, target)
    else:
        for file in files.weights:
            _link(file, target / file.name)
        for index in source.glob("*.safetensors.index.json"):
            shutil.copyfile(index, target / index.name)
    vocabulary = sentencepiece_file(target)
    if vocabulary is not None:
        from workbench.engine.models.tokenizer_files import write_fast_tokenizer

        write_fast_tokenizer(target, vocabulary)


def _take_over(source: Path, target: Path, model_type: str) -> None:
    left = {file for pattern in LEFT for file in source.glob(pattern)}
    for file in {file for pattern in KEPT for file in source.glob(pattern)} - left:
        if file.is_file() and file.stat().st_size <= _LARGEST_KEPT:
            to = target / file.relative_to(source)
            to.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, to)
    config = json.loads((source / "config.json").read_text("utf-8"))
    if not config.get("model_type"):
        (target / "config.json").write_text(json.dumps({**config, "model_type": model_type}))


def _write_weights(files: ModelFiles, target: Path) -> None:
    """Pickled weights as safetensors, file by file, with the list of which holds what."""
    from workbench.engine.models.unpickle import unpickle

    if len(files.weights) == 1:
        unpickle(files.weights[0], target / "model.safetensors")
        return
    where: dict[str, str] = {}
    total = 0
    for number, file in enumerate(files.weights, 1):
        name = f"model-{number:05}-of-{len(files.weights):05}.safetensors"
        sizes = unpickle(file, target / name)
        where |= dict.fromkeys(sizes, name)
        total += sum(sizes.values())
    index = {"metadata": {"total_size": total}, "weight_map": where}
    (target / "model.safetensors.index.json").write_text(json.dumps(index))


def _link(file: Path, target: Path) -> None:
    """The same file under another name where the disk allows that, else a copy."""
    try:
        os.link(file.resolve(), target)
    except OSError:
        shutil.copyfile(file, target)


def _import_libraries() -> None:
    """Before memory is limited: what they map is theirs."""
    import safetensors.torch
    import torch
    import transformers.modeling_gguf_pytorch_utils

    assert safetensors.torch
    assert torch
    assert transformers


def _limit(files: ModelFiles) -> None:
    numbers = _numbers(files)
    limit_memory(_ROOM + 4 * max(file.stat().st_size for file in files.weights) + 12 * numbers)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for what, most in (
        (resource.RLIMIT_CPU, 600 + files.size_bytes // 10**7),
        (resource.RLIMIT_FSIZE, 2 * files.size_bytes + 5 * numbers + 2**30),
    ):
        resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def _numbers(files: ModelFiles) -> int:
    """How many numbers are unpacked to more bytes than they take in the file."""
    if files.form != GGUF:
        return 0
    from workbench.models.gguf_header import read_gguf_header

    return read_gguf_header(files.weights[0]).parameters


def _leave_with_parent() -> None:
    number = os.environ.get(LIFELINE_VARIABLE)
    if number:
        threading.Thread(target=_wait_for_end, args=(int(number),), daemon=True).start()


def _wait_for_end(lifeline: int) -> None:
    while os.read(lifeline, 64):
        pass
    os._exit(1)


if __name__ == "__main__":
    from workbench.engine.runtime.quiet import quiet

    quiet()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
