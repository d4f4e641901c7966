"""What a certificate asks."""

from pathlib import Path
from typing import Any

from workbench.engine.export.questions import GOLDEN, questions_of
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.families import CAUSAL, ENCODER
from workbench.models.trained import TrainedModel

BASE = BaseModelRef("tiny", Path("/models/tiny"), "causal")


def trained(task: str, **facts: Any) -> TrainedModel:
    return TrainedModel(task=task, family="causal", base=BASE, **facts)


def fits(*_: Any) -> bool:
    return True


def replies(count: int) -> list[dict[str, Any]]:
    return [{"row_id": i, "prompt": f"Where is {i}?", "response": f"At {i}."} for i in range(count)]


def test_up_to_a_hundred_of_the_exam_and_twenty_golden_prompts() -> None:
    found = questions_of(trained("completion", system="Be kind."), CAUSAL, replies(300), 1, fits)
    assert (len(found.exam), len(found.golden)) == (100, GOLDEN)
    assert len(found.all) == 120
    assert {q.expected for q in found.golden} == {None}
    assert found.exam[0].messages[0] == {"role": "system", "content": "Be kind."}
    assert [turn["role"] for turn in found.exam[0].raw] == ["user"]
    assert any("日本語" in q.text for q in found.golden)


def test_one_conversation_has_several_turns_and_one_no_system_prompt() -> None:
    found = questions_of(trained("completion", system="Be kind."), CAUSAL, replies(30), 1, fits)
    several, bare = [q for q in found.golden if q.row is None]
    assert [turn["role"] for turn in several.messages] == ["system", "user", "assistant", "user"]
    assert [turn["role"] for turn in bare.messages] == ["user"]
    assert bare.raw[0] == {"role": "system", "content": ""}


def test_what_is_too_long_is_left_out_and_a_shorter_long_text_taken() -> None:
    def short(messages: list[Any], text: str) -> bool:
        return len(text) < 500

    whole = questions_of(trained("completion"), CAUSAL, replies(9), 1, fits)
    cut = questions_of(trained("completion"), CAUSAL, replies(9), 1, short)
    assert max(len(q.text) for q in whole.all) > 900
    assert 300 < max(len(q.text) for q in cut.all) < 500
    assert sum("before you answer" in q.text for q in whole.golden) == 1


def test_categories_are_asked_in_the_wording_that_was_learned() -> None:
    rows = [{"row_id": 1, "text": "lost", "label": "a"}]
    found = questions_of(trained("classification", labels=("a", "b")), CAUSAL, rows, 1, fits)
    assert "Categories: a, b" in found.exam[0].messages[-1]["content"]
    assert found.exam[0].raw == [{"role": "user", "content": "lost"}]
    asked = [q for q in found.golden if q.row is None]
    assert all("Categories: a, b" in q.messages[-1]["content"] for q in asked)


def test_an_encoder_is_asked_texts_alone() -> None:
    rows = [{"row_id": 1, "text": "lost", "label": "a"}]
    found = questions_of(trained("classification", labels=("a",)), ENCODER, rows, 1, fits)
    assert all(q.row is not None for q in found.all)


def test_conversations_are_asked_up_to_their_last_answer() -> None:
    import json

    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    rows = [{"row_id": 1, "messages": json.dumps(turns)}]
    found = questions_of(trained("chat"), CAUSAL, rows, 1, fits)
    assert found.exam[0].raw == [turns[0]]
    assert found.exam[0].expected == "Hello"


def test_documents_are_texts_to_be_gone_on_with() -> None:
    rows = [{"row_id": 1, "text": "Once upon a time"}]
    found = questions_of(trained("language-modelling"), CAUSAL, rows, 1, fits)
    assert (found.exam[0].messages, found.exam[0].text) == ([], "Once upon")
    assert found.exam[0].expected is None


def test_the_same_questions_have_the_same_key() -> None:
    one, same, other = (
        questions_of(trained("completion"), CAUSAL, replies(count), 1, fits).key
        for count in (5, 5, 6)
    )
    assert one == same != other
