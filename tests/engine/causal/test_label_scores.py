"""Categories scored as texts: the same numbers whether the question is read once or each time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.helpers.field_models import make_writer
from workbench.engine.causal.label_scores import label_probabilities

pytestmark = pytest.mark.usefixtures("one_thread")
ANSWERS = ["refund<|im_end|>", "delivery<|im_end|>", "a", "an invoice copy, please<|im_end|>"]
PROMPT = "<|im_start|>user\nWhere is my pen?<|im_end|>\n<|im_start|>assistant\n"


@dataclass
class Loaded:
    model: Any
    tokenizer: Any

    def encode(self, text: str) -> dict[str, Any]:
        return dict(self.tokenizer(text, return_tensors="pt", add_special_tokens=False))


@pytest.mark.parametrize("name", ["llama", "gemma3_text", "lfm2", "mamba"])
def test_each_answer_has_the_probability_of_its_own_text(tmp_path: Path, name: str) -> None:
    folder = make_writer(tmp_path / name, name)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    loaded = Loaded(model, AutoTokenizer.from_pretrained(folder))
    found = label_probabilities(loaded, PROMPT, ANSWERS)
    expected = torch.tensor([_log_probability(loaded, answer) for answer in ANSWERS]).softmax(0)
    assert found == pytest.approx(expected.tolist(), abs=1e-4)


@torch.no_grad()
def _log_probability(loaded: Loaded, answer: str) -> float:
    question = loaded.encode(PROMPT)["input_ids"]
    own = loaded.encode(answer)["input_ids"]
    ids = torch.cat([question, own], dim=1)
    shares = loaded.model(input_ids=ids, use_cache=False).logits[0].log_softmax(-1)
    places = range(question.shape[1] - 1, ids.shape[1] - 1)
    return float(sum(shares[at, ids[0, at + 1]] for at in places))
