"""A text and its fields, as a question to a model and as JSON that is right or not."""

from workbench.core.tasks import COMPLETION, EXTRACTION


def test_fields_are_asked_for_as_json() -> None:
    row = {"text": "Order 12 for Ann", "response": '{"order": 12}'}
    question, answer = EXTRACTION.messages(row)
    assert "JSON" in question["content"]
    assert answer["content"] == '{"order": 12}'
    assert EXTRACTION.question(row) == "Order 12 for Ann"
    assert EXTRACTION.answer({"text": "Order"}) is None


def test_fields_are_right_in_any_order_but_not_of_any_type() -> None:
    assert EXTRACTION.is_right is not None
    assert EXTRACTION.is_right('{"a": 1, "b": "x"}', '{"b":"x","a":1}')
    assert not EXTRACTION.is_right('{"a": 1}', '{"a": "1"}')
    assert not EXTRACTION.is_right('{"a": 1}', "a is 1")
    assert EXTRACTION.is_right("no JSON", "no  JSON")


def test_in_a_reply_the_order_of_fields_counts() -> None:
    assert COMPLETION.is_right is not None
    assert not COMPLETION.is_right('{"a": 1, "b": "x"}', '{"b":"x","a":1}')


def test_a_record_asks_for_the_text_without_its_wording() -> None:
    row = {"text": "a", "response": "{}"}
    assert EXTRACTION.record(row, "") == {"prompt": "a", "completion": "{}"}
