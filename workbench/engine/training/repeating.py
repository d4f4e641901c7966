"""What a training was made with, so that it can be repeated; and whether a repeated one is the same."""

from pathlib import Path
from typing import Any

import torch

from workbench.engine.models.load import base_folder
from workbench.engine.runtime import device
from workbench.jobs.process.facts.digests import base_digest, weights_digest
from workbench.jobs.process.facts.machine import processor_name
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import TrainSpec


def take_threads(spec: TrainSpec) -> None:
    """Compute with as many threads as the training that is repeated.

    What a processor adds up in parts, it adds up in as many parts as there are threads; the last
    digits tell, and after some steps all others.
    """
    wanted = spec.again.threads if spec.again else None
    if wanted and wanted != torch.get_num_threads():
        torch.set_num_threads(wanted)


def made_with(spec: TrainSpec) -> dict[str, Any]:
    """What the same training needs to come out the same, beside its data, recipe and libraries."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "processor": processor_name(),
        "kernels": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "gpu": gpu,
        "dtype": str(device.dtype()).removeprefix("torch."),
        "base_digest": base_digest(base_folder(spec.base)),
    }


def told(spec: TrainSpec, result: Result, report: Report) -> Result:
    """What a training's result says of its making; of a repeated one, whether it is the same.

    Returns:
        `made_with`, `digest` of the weights, and `again` (run_id, same: true, false or null,
        digest_then) where another one was repeated; nothing where no model was made.
    """
    if not result.get("adapter"):
        return {}
    digest, made = weights_digest(Path(result["adapter"])), made_with(spec)
    found: Result = {"made_with": made, "digest": digest}
    if spec.again is None:
        return found
    then = spec.again.digest
    same = digest == then if then else None
    report.log(_sentence(spec.again.name, same))
    if spec.again.base_digest not in ("", made["base_digest"]):
        report.log("The base model's files are others than they were then.")
    return {**found, "again": {"run_id": spec.again.run_id, "same": same, "digest_then": then}}


def _sentence(name: str, same: bool | None) -> str:
    if same is None:
        return f"Nobody kept what '{name}' came out like, so the two cannot be compared."
    return (
        f"It is the same model as '{name}', bit for bit."
        if same
        else f"It is not bit for bit the same model as '{name}'."
    )
