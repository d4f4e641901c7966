"""What a training's curves say, on the Train page, and the change that it offers."""

from pathlib import Path

from storage.database import Store
from tests.helpers.curves import add_by_heart, add_curves
from tests.helpers.made import add_dataset, add_run
from tests.pages.opened import open_page, texts
from workbench.data import versions
from workbench.models import catalogue
from workbench.projects import projects
from workbench.system import drafts

PAGE = "pages/train/train.py"


def _run(store: Store) -> tuple[int, int]:
    project_id = projects.create_project(store, "Mails")
    add_dataset(store, project_id)
    model_id = next(m.id for m in catalogue.list_models(store) if m.family == "encoder")
    projects.choose_model(store, project_id, model_id)
    version_id = versions.list_versions(store, project_id)[0].id
    return project_id, add_run(store, project_id, version_id, model_id, name="Balanced 1")


def test_the_change_opens_the_form_with_one_setting_changed(store: Store, tmp_path: Path) -> None:
    project_id, run_id = _run(store)
    add_by_heart(store, run_id)
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "What the curves say:** It began to learn by heart at step 20" in texts(at)
    (button,) = [one for one in at.button if one.key == "doctor-try"]
    assert button.label == "Try it with 1 pass instead of 3"
    button.click().run()
    assert not at.exception, at.exception
    draft = drafts.get_draft(store, project_id, "train")
    assert (draft["preset"], draft["settings"]["num_train_epochs"]) == ("own", 1.0)
    assert draft["settings"]["learning_rate"] == 5e-4
    at = open_page(PAGE, project=project_id)
    said = texts(at)
    assert "but for one setting: Passes over the data (epochs): 1 instead of 3." in said
    field = next(one for one in at.number_input if str(one.key).endswith("num_train_epochs"))
    assert field.value == 1.0
    field.set_value(2.0).run()
    assert not at.exception, at.exception
    assert "but for one setting" not in texts(at)


def test_a_training_that_is_fine_offers_nothing(store: Store, tmp_path: Path) -> None:
    project_id, run_id = _run(store)
    learned = [1.0 + 1.5 * 0.9**step for step in range(100)]
    checked = {10: 1.5, 20: 1.2, 40: 1.1, 60: 1.1, 80: 1.1, 100: 1.1}
    add_curves(store, run_id, learned, checked, best_step=40)
    at = open_page(PAGE, project=project_id, run=run_id)
    assert "It learned as it should" in texts(at)
    assert "doctor-try" not in [one.key for one in at.button]
