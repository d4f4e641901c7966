"""Our losses of pairs beside those of trl, the library that the field trains preferences with."""

import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer
from trl.experimental.orpo import ORPOTrainer

from tests.engine.causal.pairs.test_trainer import pairs
from workbench.engine.causal.loss import IGNORED
from workbench.engine.causal.pairs.likelihood import AnswerLikelihood
from workbench.engine.causal.pairs.losses import dpo, orpo
from workbench.engine.runtime import device

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


def _as_ours(batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """trl puts all better answers first; here each has its worse one right below it."""
    number = len(batch["input_ids"]) // 2
    order = [side for n in range(number) for side in (n, n + number)]
    labels = batch["input_ids"].masked_fill(batch["completion_mask"] == 0, IGNORED)
    return {
        "input_ids": batch["input_ids"][order],
        "attention_mask": batch["attention_mask"][order],
        "labels": labels[order],
    }


def test_the_loss_of_a_batch_is_that_of_trls_trainer(
    tmp_path: Path, writer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)
    monkeypatch.setattr(DPOTrainer, "_send_telemetry", lambda _: None)
    policy = AutoModelForCausalLM.from_pretrained(writer)
    reference = copy.deepcopy(policy)
    with torch.no_grad():
        for weight in reference.parameters():
            weight.mul_(0.95)
    rows = [
        {
            "prompt": [{"role": "user", "content": row["prompt"]}],
            "chosen": [{"role": "assistant", "content": row["chosen"]}],
            "rejected": [{"role": "assistant", "content": row["rejected"]}],
        }
        for row in pairs(4)
    ]
    config = DPOConfig(
        output_dir=str(tmp_path), beta=0.2, per_device_train_batch_size=4, report_to="none",
        use_cpu=True, bf16=False, gradient_checkpointing=False, max_length=None,
    )  # fmt: skip
    likelihoods = [AnswerLikelihood(copy.deepcopy(model)) for model in (policy, reference)]
    trainer = DPOTrainer(
        model=policy,
        ref_model=reference,
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(writer),
    )
    batch: dict[str, Any] = next(iter(trainer.get_train_dataloader()))
    policy.eval()
    theirs = trainer.compute_loss(policy, batch)
    ours = [likelihood(_as_ours(batch))[0] for likelihood in likelihoods]
    assert dpo(*ours, 0.2).mean().item() == pytest.approx(theirs.item(), rel=1e-4)
    assert theirs.item() != pytest.approx(0.6931, abs=1e-2), "the two models differ"


def test_the_odds_are_those_of_trls_trainer() -> None:
    logps, tokens = torch.tensor([-4.0, -6.0, -9.0, -3.0]), torch.tensor([2, 4, 3, 2])
    means = logps / tokens
    told: Any = SimpleNamespace(beta=0.5, accelerator=SimpleNamespace(device="cpu"))
    theirs = -means[0::2] - ORPOTrainer.odds_ratio_loss(told, means[0::2], means[1::2])[0]
    torch.testing.assert_close(orpo(logps, tokens, 0.5), theirs)
