from tests.helpers.encoders import examples
from workbench.engine.evaluation.baseline import svm_answers


def test_baseline_learns_words_and_forgives_typing_errors() -> None:
    texts, labels = zip(*examples(), strict=True)
    questions = ["my parcell is late", "PASSWORD!", "invioce, invoices"]
    assert svm_answers(texts, labels, questions) == ["Delivery", "Account", "Payment"]


def test_baseline_reads_languages_without_blanks() -> None:
    texts = ["我要退货", "请退货款", "发票在哪里", "需要一张发票"]
    assert svm_answers(texts, ["r", "r", "i", "i"], ["怎么退货呢", "没有发票"]) == ["r", "i"]


def test_one_category_needs_no_learning() -> None:
    assert svm_answers(["a", "b"], ["same", "same"], ["c", "d", "e"]) == ["same"] * 3


def test_no_questions_get_no_answers() -> None:
    assert svm_answers(["a b", "c d"], ["x", "y"], []) == []
