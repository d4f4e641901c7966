"""A question and its reply, as a conversation and as a record."""

from workbench.core.tasks import COMPLETION

ROW = {"prompt": "Where is it?", "response": "Here."}


def test_a_completion_is_a_question_and_its_answer() -> None:
    asked = {"role": "user", "content": "Where is it?"}
    assert COMPLETION.messages(ROW) == [asked, {"role": "assistant", "content": "Here."}]
    assert COMPLETION.messages({"prompt": "Where is it?"}) == [asked]


def test_a_record_is_in_the_prompt_completion_format() -> None:
    plain = {"prompt": "Where is it?", "completion": "Here."}
    assert COMPLETION.record(ROW, "") == plain
    assert COMPLETION.record(ROW, "Be kind.") == {"system": "Be kind.", **plain}
