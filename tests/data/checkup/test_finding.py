from workbench.data.checkup.finding import Finding, Mark


def test_its_rows_are_counted_once_each() -> None:
    assert Finding("a", "", "", "", 0.1, [Mark(1), Mark(1, role="text"), Mark(2)]).rows == 2


def test_it_is_the_same_without_its_rows_but_for_these() -> None:
    finding = Finding("a", "title", "text", "effect", 0.2, [Mark(4)], remove="Take it out")
    read = Finding(**finding.as_dict())
    assert (read.rows, read.marks, read.remove, read.level) == (1, [], "Take it out", "serious")
