"""Tiny trained models that are exported, and what is known of how they answer here."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers import encoders, exports, writers
from tests.helpers.engine_jobs import PEFT_WARNS, run
from workbench.jobs.process.job_dir import JobDir

HERE = Path(__file__).parent
NOTES = (
    PEFT_WARNS,
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::UserWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notes between libraries are no failure of ours."""
    for item in items:
        if HERE in item.path.parents:
            for note in NOTES:
                item.add_marker(pytest.mark.filterwarnings(note))


@dataclass
class Shop:
    """A trained model, and a job that has asked it in every way."""

    folder: Path
    trained: JobDir
    earlier: list[str]

    def export(
        self, form: str, quantization: str = "", **values: Any
    ) -> tuple[JobDir, dict[str, Any]]:
        """An export's folder and result."""
        name = f"{form}{quantization}{len(list(self.folder.iterdir()))}"
        told = {"quantization": quantization, "earlier": self.earlier, **values}
        job = exports.export_job(self.folder / name, self.trained, form, **told)
        return job, run(job)


@pytest.fixture(scope="package", autouse=True)
def _few_threads() -> Iterator[None]:
    """For tiny models: threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="package")
def writer_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A tiny Llama that has learned its replies by heart."""
    folder = tmp_path_factory.mktemp("writer")
    recipe = writers.recipe(num_train_epochs=80, learning_rate=1e-2, eval_max_new_tokens=24)
    data = writers.split_replies(folder / "data.parquet")
    base = writers.make_writer(folder / "base")
    odd = {"do_sample": True, "temperature": 0.6, "repetition_penalty": 1.5, "top_k": 5}
    writers.changed(base, "generation_config.json", lambda told: told.update(odd))
    trained = exports.train_writer(folder, base, data, system="Be kind.", recipe=recipe)
    return shop_of(folder, trained)


@pytest.fixture(scope="package")
def sorter_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A tiny encoder that sorts messages, and knows what belongs nowhere."""
    folder = tmp_path_factory.mktemp("sorter")
    data = encoders.split_data(folder / "data.parquet", encoders.examples() * 9)
    base = encoders.make_encoder(folder / "base")
    return shop_of(folder, exports.train_sorter(folder, base, data))


def shop_of(folder: Path, trained: JobDir) -> Shop:
    """Ask it once: every export finds the answers then."""
    job = exports.certify_job(folder / "asked", trained)
    assert run(job)["status"] == "succeeded"
    jobs = folder / "jobs"
    jobs.mkdir()
    return Shop(jobs, trained, [str(job.path)])
