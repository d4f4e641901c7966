from workbench.data.checkup.finding import Finding, FlaggedRow


def test_its_rows_are_counted_once_each() -> None:
    assert (
        Finding(
            "a", "", "", "", 0.1, [FlaggedRow(1), FlaggedRow(1, role="text"), FlaggedRow(2)]
        ).rows
        == 2
    )


def test_it_is_the_same_without_its_rows_but_for_these() -> None:
    finding = Finding("a", "title", "text", "effect", 0.2, [FlaggedRow(4)], remove="Take it out")
    read = Finding(**finding.as_dict())
    assert (read.rows, read.flagged_rows, read.remove, read.level) == (
        1,
        [],
        "Take it out",
        "serious",
    )
