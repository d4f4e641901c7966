"""Reading and preparing, each once for the same content and the same choices."""

import streamlit as st

from workbench.core.tasks import task_named
from workbench.data import datasets
from workbench.data.checkup.import_report import judge
from workbench.data.columns import guessing, shortening
from workbench.data.columns.guessing import TaskGuess
from workbench.data.examples.plan import Plan, Source
from workbench.data.examples.prepare import Prepared, prepare
from workbench.data.files import large
from workbench.data.readers import ReadOptions, Table
from workbench.data.splits import suggest
from workbench.data.splits.suggest import SplitColumn
from workbench.data.versions import before_saved
from workbench.ui import context


def table(source: Source, options: ReadOptions) -> Table:
    """The table in a kept file; of a large one that a job has read, some rows."""
    if large.is_large(source):
        project_id = context.project_id()
        job = large.reading_of(context.store(), project_id, source, options)
        return _sample(job.id if job else 0, source, options, project_id)
    return _table(source.digest, source.name, tuple(options.as_dict().items()))


def exam_table(source: Source, like: ReadOptions) -> Table:
    """The table in a separate exam file, which has the columns of the first one."""
    return table(source, datasets.reading_alike(like))


def guess(source: Source, options: ReadOptions) -> TaskGuess:
    """The task that the table seems to be for."""
    return _guess(source.digest, source.name, tuple(options.as_dict().items()))


def shorter(source: Source, options: ReadOptions) -> str:
    """Why the table may be for summaries; empty where nothing speaks for it."""
    return _shorter(source.digest, source.name, tuple(options.as_dict().items()))


def roles(source: Source, options: ReadOptions, task: str) -> dict[str, str]:
    """The guessed columns of a task."""
    return _roles(source.digest, source.name, tuple(options.as_dict().items()), task)


def candidates(source: Source, options: ReadOptions, task: str, role: str) -> list[str]:
    """All columns, those that fit the role best first."""
    return _candidates(source.digest, source.name, tuple(options.as_dict().items()), task, role)


def split_columns(
    source: Source, options: ReadOptions, task: str, roles: dict[str, str]
) -> list[SplitColumn]:
    """The columns by which the exam can be drawn, the most advisable first."""
    chosen = tuple(sorted(roles.items()))
    options_ = tuple(options.as_dict().items())
    return _split_columns(source.digest, source.name, options_, task, chosen)


def prepared(
    source: Source, options: ReadOptions, plan: Plan, dataset_name: str, saved_id: int | None
) -> Prepared:
    """The examples that the page's choices give, split as in earlier versions of the dataset.

    What was saved from this very page (`saved_id`) changes nothing about them, nor does what was
    made of it.
    """
    store, project_id = context.store(), context.project_id()
    found = [
        version
        for version in datasets.list_versions(store, project_id)
        if version.dataset_name.casefold() == dataset_name.strip().casefold()
    ]
    known = tuple(version.id for version in before_saved(found, saved_id))
    key = repr((source, options, plan))
    return _prepared(key, source, options, plan, known, project_id, dataset_name)


_Options = tuple[tuple[str, object], ...]


def _any(digest: str, name: str, options: _Options) -> Table:
    return table(Source(digest, name), ReadOptions(**dict(options)))  # type: ignore[arg-type]


@st.cache_data(max_entries=6, show_spinner="Reading your table …")
def _table(digest: str, name: str, options: _Options) -> Table:
    return datasets.open_source(Source(digest, name), ReadOptions(**dict(options)))  # type: ignore[arg-type]


@st.cache_data(max_entries=6, show_spinner=False)
def _sample(job_id: int, _source: Source, _options: ReadOptions, project_id: int) -> Table:
    return large.table(context.store(), project_id, _source, _options)


@st.cache_data(max_entries=20, show_spinner=False)
def _guess(digest: str, name: str, options: _Options) -> TaskGuess:
    return guessing.guess_task(_any(digest, name, options))


@st.cache_data(max_entries=20, show_spinner=False)
def _shorter(digest: str, name: str, options: _Options) -> str:
    return shortening.reason(_any(digest, name, options))


@st.cache_data(max_entries=50, show_spinner=False)
def _roles(digest: str, name: str, options: _Options, task: str) -> dict[str, str]:
    return guessing.guess_roles(_any(digest, name, options), task)


@st.cache_data(max_entries=100, show_spinner=False)
def _candidates(digest: str, name: str, options: _Options, task: str, role: str) -> list[str]:
    return guessing.candidates(_any(digest, name, options), task, role)


@st.cache_data(max_entries=50, show_spinner=False)
def _split_columns(
    digest: str, name: str, options: _Options, task: str, roles: tuple[tuple[str, str], ...]
) -> list[SplitColumn]:
    source, read = Source(digest, name), ReadOptions(**dict(options))  # type: ignore[arg-type]
    found = (
        large.table_sample(context.store(), context.project_id(), source, read)
        if large.is_large(source)
        else table(source, read)
    )
    return suggest.split_columns(found, dict(roles), task_named(task))


@st.cache_data(max_entries=6, show_spinner="Checking your examples …")
def _prepared(
    key: str,
    _source: Source,
    _options: ReadOptions,
    _plan: Plan,
    versions: tuple[int, ...],
    project_id: int,
    dataset_name: str,
) -> Prepared:
    own = table(_source, _options)
    exam = exam_table(_plan.test, own.options) if _plan.test else None
    earlier = datasets.earlier_splits(context.store(), project_id, dataset_name, _plan)
    return judge(prepare(_plan, own, exam, earlier=earlier))
