"""Names: what nobody sees is refused where typed, and shown where a file brought it."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers.exams import add_trained
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.data import datasets
from workbench.data.files import uploads
from workbench.data.mapped_file import map_file
from workbench.data.versions import list_versions, rename_dataset
from workbench.evaluation import evaluations
from workbench.models import catalogue
from workbench.projects import projects
from workbench.training import runs
from workbench.use import conversations

UNSEEN = [
    *map(chr, (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    *("\u200e", "\u200f", "\u061c", "\u2028", "\u2029", "\ud800", "\udcff"),
]


@pytest.mark.parametrize("character", UNSEEN, ids=lambda character: f"U+{ord(character):04X}")
def test_what_nobody_sees_is_refused_where_typed_and_shown_elsewhere(character: str) -> None:
    name = f"Mails{character}exe.csv"
    with pytest.raises(WorkbenchError, match=rf"U\+{ord(character):04X}.* behind 'Mails': delete"):
        names.typed(name)
    shown = names.shown(name)
    assert shown.isprintable()
    assert shown.startswith("Mails")
    assert shown.endswith("exe.csv")
    assert len(shown) > len("Mailsexe.csv")
    assert names.typed(shown) == shown


@pytest.mark.parametrize(
    "name",
    ["Grüße – 你好", "שלום", "مرحبا", "a‍b", "👩‍👩‍👧", "می‌خواهم", "R&D <1> *x* `y`", "O'Neil"],
)
def test_names_of_all_languages_stay_as_they_are(name: str) -> None:
    assert names.typed(f"  {name}\n") == names.shown(name) == name


@pytest.mark.parametrize("name", ["", "  ", "\n\t", "\u200b", "\u200d \ufeff"])
def test_a_name_in_which_nothing_is_seen_is_none(name: str) -> None:
    assert names.typed(name) == ""


def test_spaces_are_single_and_never_at_the_ends() -> None:
    assert names.typed("\t Customer \u00a0 mails ") == "Customer mails"


Rename = Callable[[Store, str], object]


@pytest.mark.parametrize(
    "rename",
    [
        projects.create_project,
        lambda store, name: projects.update_project(store, 1, name=name),
        lambda store, name: rename_dataset(store, 1, name),
        lambda store, name: runs.rename_run(store, 1, name),
        lambda store, name: conversations.rename_conversation(store, 1, name),
    ],
)
def test_every_service_that_takes_a_name_refuses_it(
    store: Store, tmp_path: Path, rename: Rename
) -> None:
    trained = add_trained(store, tmp_path)
    conversations.start_conversation(store, trained.project_id, None, "Hello")
    for name in ("a\0b", "a\nb", "exe\u202egpj", "half \ud800"):
        with pytest.raises(WorkbenchError, match="cannot be seen"):
            rename(store, name)
    with pytest.raises(WorkbenchError, match="name"):
        rename(store, "\u200b")


EVIL = "mails\u202evsc\x07\udcff.csv"
SHOWN = "mails⟨U+202E⟩vsc␇⟨U+DCFF⟩.csv"


def test_a_files_name_is_shown_wherever_it_is_kept(store: Store, tmp_path: Path) -> None:
    assert datasets.keep(io.BytesIO(b"a"), EVIL).name == SHOWN
    several = datasets.keep_all([(io.BytesIO(b"a"), EVIL), (io.BytesIO(b"b"), "b\0.csv")])
    assert several.name == f"2 files ({SHOWN}, …)"
    project_id = projects.create_project(store, "Mails")
    ticket = uploads.open_ticket(store, project_id, EVIL, 5)
    upload = uploads.look(store, uploads.id_of(ticket))
    assert upload is not None
    assert upload.name == SHOWN


def test_a_file_on_the_disk_with_such_a_name_is_imported_under_what_is_seen(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / EVIL
    rows = [f"where is {i},delivery\nhow to pay {i},payment\n" for i in range(20)]
    path.write_text("text,label\n" + "".join(rows))
    project_id = projects.create_project(store, "P")
    datasets.save_version(store, project_id=project_id, path=path)
    (version,) = list_versions(store, project_id)
    assert (version.dataset_name, version.source_name) == (SHOWN[:-4], SHOWN)


def test_a_file_that_is_scored_is_called_what_is_seen(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    path = tmp_path / EVIL
    path.write_text("email,category,reply\nwhere is it?,Delivery,there\n" * 2)
    file = map_file(store, trained.version_id, path, need_answers=True)
    job_id = evaluations.start_evaluation(store, trained.run_id, file)
    (job,) = evaluations.evaluation_jobs(store, trained.run_id)
    assert job.id == job_id
    assert SHOWN in job.title


def test_a_models_folder_with_such_a_name_is_to_be_renamed(store: Store, tmp_path: Path) -> None:
    (tmp_path / "m\udcff").mkdir()
    with pytest.raises(WorkbenchError, match=r"m⟨U\+DCFF⟩ has characters in its name"):
        catalogue.add_folder(store, tmp_path / "m\udcff")


def test_a_conversation_is_called_what_is_seen_of_its_question() -> None:
    assert conversations.title_of("What is\n\u202etxt?") == "What is ⟨U+202E⟩txt?"
