"""What was entered on the Data page: kept with the project, so that a refresh loses nothing."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from workbench.core.feedback import ROLE as FEEDBACK
from workbench.core.tasks import CLASSIFICATION
from workbench.data import datasets
from workbench.data.examples.plan import Plan, Source, plan_from
from workbench.data.files import large
from workbench.data.readers import ReadOptions, options_from
from workbench.data.splits.assign import DEFAULT_FRACTIONS, DEFAULT_SEED
from workbench.data.splits.split_by import SplitBy, split_by_from
from workbench.data.versions import VersionInfo
from workbench.system import drafts
from workbench.ui import context

PAGE = "data"


@dataclass
class Draft:
    """A dataset in the making."""

    source: Source | None = None
    read: ReadOptions = field(default_factory=ReadOptions)
    """Only what was corrected; the rest is found out."""
    task: str = ""
    """Empty: the guess."""
    roles: dict[str, dict[str, str]] = field(default_factory=dict)
    """Task → role → column or template, as far as chosen."""
    system: str = ""
    own_exam: bool = False
    test: Source | None = None
    fractions: tuple[float, float, float] = DEFAULT_FRACTIONS
    seed: int = DEFAULT_SEED
    split_by: SplitBy = field(default_factory=SplitBy)
    """How the exam is drawn, as it stands on the page."""
    own_split: bool = False
    """Whether that was chosen; else it is the suggestion."""
    near_duplicates: bool = True
    reasoning: bool = False
    """Whether the reasoning before answers is learned."""
    out_of_scope: str = ""
    """The category of texts that belong to none of the others."""
    dataset_name: str = ""
    again: bool = True
    """Whether earlier changes to the dataset are made again."""
    uploads: dict[str, str] = field(default_factory=dict)
    """source or test → the upload that is on its way."""
    saved_version_id: int | None = None
    saved_as: str = ""
    """Fingerprint of what was saved; as long as nothing changes there is nothing to save."""

    def plan(self, task: str, roles: dict[str, str]) -> Plan:
        """The plan with what stands on the page."""
        test = self.test if self.own_exam else None
        return Plan(
            task,
            roles,
            self.system,
            self.read,
            test,
            fractions=self.fractions,
            seed=self.seed,
            split_by=SplitBy() if test else self.split_by,
            near_duplicates=self.near_duplicates and not test,
            reasoning=self.reasoning,
            out_of_scope=self.out_of_scope if task == CLASSIFICATION.name else "",
        )


def load() -> Draft:
    """The project's draft."""
    values = drafts.get_draft(context.store(), context.project_id(), PAGE)
    return _from_values(values)


def save(draft: Draft) -> None:
    """Keep the draft, if anything changed."""
    values = _as_values(draft)
    if drafts.get_draft(context.store(), context.project_id(), PAGE) != values:
        drafts.save_draft(context.store(), context.project_id(), PAGE, values)


def start_over(draft: Draft | None = None) -> None:
    """Replace what stands on the page, and every widget's memory of it."""
    before = load()
    draft = draft or Draft()
    save(draft)
    large.forget(context.store(), context.project_id(), filter(None, (draft.source, draft.test)))
    datasets.discard(context.store(), filter(None, (before.source, before.test)))
    for key in [key for key in st.session_state if str(key).startswith("data-")]:
        del st.session_state[key]
    st.session_state["data_uploads"] = st.session_state.get("data_uploads", 0) + 1


def from_version(version: VersionInfo) -> Draft:
    """A draft that would save this version again."""
    plan = plan_from(version.task, version.mapping, version.split_seed)
    return Draft(
        Source(version.source_hash, version.source_name),
        plan.read,
        plan.task,
        {plan.task: {FEEDBACK: "", **plan.roles}},
        plan.system,
        plan.test is not None,
        plan.test,
        plan.fractions,
        plan.seed,
        plan.split_by,
        own_split=True,
        near_duplicates=plan.near_duplicates,
        reasoning=plan.reasoning,
        out_of_scope=plan.out_of_scope,
        dataset_name=version.dataset_name,
    )


def _as_values(draft: Draft) -> dict[str, Any]:
    values = dataclasses.asdict(draft)
    return {**values, "fractions": list(draft.fractions)}


def _from_values(values: dict[str, Any]) -> Draft:
    known = {f.name for f in dataclasses.fields(Draft)}
    kept = {name: value for name, value in values.items() if name in known}
    for name in ("source", "test"):
        kept[name] = Source(**kept[name]) if kept.get(name) else None
    kept["read"] = options_from(kept.get("read") or {})
    train, validation, test = kept.get("fractions") or DEFAULT_FRACTIONS
    kept["fractions"] = (train, validation, test)
    kept["split_by"] = split_by_from(kept.get("split_by"))
    return Draft(**kept)
