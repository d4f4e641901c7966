"""What a training keeps of its examples' tools, and which models cannot learn calls."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tokenizers import Tokenizer, decoders, models
from transformers import PreTrainedTokenizerFast

from workbench.core.errors import WorkbenchError
from workbench.engine.generative.calls.learned import check_can_call, learned_tools

CALL = '<tool_call>\n{"name": "room", "arguments": {"floor": 2}}\n</tool_call>'


def _spec(folder: Path, answer: str, task: str = "chat") -> Any:
    turns = [{"role": "user", "content": "q"}, {"role": "assistant", "content": answer}]
    rows = [
        {"split": split, "messages": json.dumps(turns), "prompt": "q", "response": answer}
        for split in ("train", "validation", "test")
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "data.parquet")
    return SimpleNamespace(task=task, data=folder / "data.parquet", system="Be brief.")


@pytest.mark.parametrize("task", ["chat", "completion"])
def test_tools_are_those_of_what_is_learned(tmp_path: Path, task: str) -> None:
    found = learned_tools(_spec(tmp_path, CALL, task))
    (room,) = found.tools()
    assert (room.name, room.calls, [own.name for own in room.inputs]) == ("room", 2, ["floor"])
    assert not learned_tools(_spec(tmp_path, "Hello.", task)).calls


def test_other_tasks_have_none(tmp_path: Path) -> None:
    assert not learned_tools(_spec(tmp_path, CALL, "classification")).calls


def test_a_model_that_cannot_write_a_call_is_not_taught_to(tmp_path: Path) -> None:
    pieces = [("<unk>", 0.0), ("</s>", 0.0), *((f"▁{letter}", -1.0) for letter in 'tolca<>_":,}')]
    own = Tokenizer(models.Unigram(pieces, 0, byte_fallback=False))
    own.decoder = decoders.Metaspace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=own, eos_token="</s>", unk_token="<unk>")
    with pytest.raises(WorkbenchError, match=r"no token for the sign \{, which calls need"):
        check_can_call(_spec(tmp_path, CALL), tokenizer)
    check_can_call(_spec(tmp_path, "Hello."), tokenizer)
    check_can_call(_spec(tmp_path, CALL, "classification"), tokenizer)
