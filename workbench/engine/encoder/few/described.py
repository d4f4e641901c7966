"""Sorts by what the categories are said to be: a head made of descriptions, without any example.

Each category's weights are the embeddings of its name and its description, so that a text's scores
are its cosines with them (Yin et al. 2019, "Benchmarking Zero-shot Text Classification", describe
such baselines). scripts/few/bench_described.py prints what that gives.
"""

from collections.abc import Sequence

import torch
from torch.nn.functional import normalize

from workbench.engine.encoder.encoder import Classifier, Encoder
from workbench.engine.encoder.few.category_names import parts_of
from workbench.engine.encoder.learned import AS_IT_CAME, Learned
from workbench.engine.encoder.probe import Head
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.reader.reader import Reader
from workbench.engine.encoder.training_setup import TrainingSetup
from workbench.engine.models.load import add_lora
from workbench.engine.runtime.versions import versions
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop

SHARPNESS = 20.0
"""What cosines are multiplied by: about as sure as right on the sets of the script."""


def described_head(encoder: Encoder, reader: Reader, told: Sequence[Sequence[str]]) -> Head:
    """The head whose scores are cosines with what is told of each category.

    Name and description are read apart and count alike, which sorts better than both as one text
    on two of the three sets of scripts/few/bench_described.py, and as well on the third.

    Args:
        told: of each category its `parts_of`, one at least.
    """
    owners = torch.tensor([place for place, parts in enumerate(told) for _ in parts])
    texts = [part for parts in told for part in parts]
    embedded = read(encoder, reader.ids(texts), reader.pad_id)
    summed = torch.zeros(len(told), embedded.shape[1]).index_add(0, owners, embedded)
    head = Head(embedded.shape[1], len(told))
    with torch.no_grad():
        head.linear.weight.copy_(SHARPNESS * normalize(summed, dim=1))
        head.linear.bias.zero_()
    return head


def learn(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> Learned:
    """The encoder as it came, with a head of the categories' descriptions.

    Raises:
        Cancelled, Orphaned: the process is to leave; there is nothing to keep.
    """
    report.phase("embedding", "Reading what belongs into each category")
    said = spec.descriptions or {}
    told = [parts_of(label, said.get(label, "")) for label in setup.labels]
    head = described_head(setup.encoder, setup.reader, told)
    stop.check()
    report.log(
        "There are no examples yet: the categories are told apart by their descriptions alone, and "
        "no exam was possible."
    )
    if spec.recipe.method != "full":
        setup.encoder.body = add_lora(setup.encoder.body, spec.recipe, task_type=None)
    facts = {**AS_IT_CAME, "versions": versions(), "scores": {}, "described": len(told)}
    model = Classifier(setup.encoder, head.to(setup.encoder.body.device))
    return Learned(model, head, 0.0, facts)
