from workbench.ui.data import look


def test_a_finding_has_its_title_in_bold_and_its_effect_in_grey() -> None:
    finding = {"title": "2 rows", "text": "Why", "effect": "What it does"}
    assert look.sentences(finding) == "**2 rows**. Why :gray[What it does]"


def test_findings_of_older_versions_are_shown_as_they_were() -> None:
    assert look.sentences({"level": "notice", "text": "2 rows are odd"}) == "2 rows are odd"
