"""Each suggested model is made of its config, without weights, and counted."""

import dataclasses

import pytest

from workbench.models.suggested import Suggestion, suggestions


@pytest.mark.parametrize("model", suggestions(), ids=lambda model: model.hub_id)
def test_what_the_file_says_is_what_the_config_makes(model: Suggestion) -> None:
    import check_suggested

    assert check_suggested.count_weights(model) == model.parameters


def test_a_wrong_number_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import check_suggested

    right, other = suggestions()[:2]
    wrong = dataclasses.replace(other, parameters=other.parameters + 1)
    monkeypatch.setattr(check_suggested, "suggestions", lambda: (right, wrong))
    assert check_suggested.main() == 1
    said = capsys.readouterr().out
    assert f"the file says {wrong.parameters:,}" in said
    assert said.endswith("2 models, 1 wrong.\n")
