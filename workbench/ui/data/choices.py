"""What the model should learn, and which column is what."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.core.feedback import ROLE as FEEDBACK
from workbench.core.tasks import TASKS, Task, text_pair
from workbench.data.columns import field_columns
from workbench.data.columns.mapping import check_roles, is_template
from workbench.data.examples.plan import Source
from workbench.data.examples.prepare import Prepared
from workbench.data.readers import Table
from workbench.ui.data import cached
from workbench.ui.data import draft as drafts
from workbench.ui.data.draft import Draft
from workbench.ui.text import plain

WEAVE = "\0weave"
"""The choice of several columns in place of one."""
AS_FIELDS = "\0fields"
"""The choice of several columns, one a field."""
_SEVERAL = {
    WEAVE: "Several columns, woven together …",
    AS_FIELDS: "Several columns, one a field …",
}
LEAST_CATEGORIES = 3
"""From so many on, one of them may stand for none of the others."""
_WOVEN = ("text", "prompt", "response")


def task(draft: Draft, source: Source) -> Task:
    """The task; the guess is chosen until another one is."""
    guess = cached.guess(source, draft.read)
    key = f"data-task-{source.digest[:8]}"
    guessed = st.session_state.get(f"{key}-guess")
    if key not in st.session_state or (not draft.task and guessed != guess.task):
        st.session_state[key] = draft.task or guess.task  # read anew, it may look different
    st.session_state[f"{key}-guess"] = guess.task
    shorter = cached.shorter(source, draft.read)
    captions = [
        f"{plain(t.explanation)} **Suggested**: {plain(guess.reason)}."
        if t.name == guess.task
        else f"{plain(t.explanation)} **This may be what you want**: {plain(shorter)}."
        if t.shortens and shorter
        else plain(t.explanation)
        for t in TASKS.values()
    ]
    name = st.radio(
        "What should the model learn?",
        list(TASKS),
        format_func=lambda name: plain(TASKS[name].title),
        captions=captions,
        key=key,
    )
    draft.task = "" if name == guess.task else name
    return TASKS[name]


def roles(draft: Draft, source: Source, chosen: Task, table: Table) -> dict[str, str] | None:
    """Role → column or template, as it stands; None (and why) while something is missing."""
    kept = draft.roles.get(chosen.name, {})
    guessed = cached.roles(source, draft.read, chosen.name)
    current = {
        **guessed,
        **{role: text for role, text in kept.items() if not text or _fits(text, table)},
    }
    values = {
        role: _role(
            _Field(draft, source, chosen, role, table, current.get(role, "")),
            others=[current.get(other, "") for other in chosen.required if other != role],
        )
        for role in chosen.required
    }
    if "system" in chosen.optional:
        field = _Field(draft, source, chosen, "system", table, current.get("system", ""))
        values["system"] = _system(field)
    if FEEDBACK in chosen.optional and (guessed.get(FEEDBACK) or kept.get(FEEDBACK)):
        field = _Field(draft, source, chosen, FEEDBACK, table, current.get(FEEDBACK, ""))
        values[FEEDBACK] = _feedback(field)
    draft.roles[chosen.name] = values
    try:
        return check_roles(chosen, values, table)
    except WorkbenchError as error:
        st.warning(plain(error), icon=":material/warning:")
        return None


def reasoning(draft: Draft, prepared: Prepared) -> None:
    """Whether reasoning is learned, where the examples have some."""
    if not prepared.report.get("reasoning"):
        return
    chosen = st.checkbox(
        "Learn the reasoning, too",
        draft.reasoning,
        key="data-reasoning",
        help="As text between <think> and </think> before the answer. Otherwise the model learns the "
        "answers alone.",
    )
    if chosen != draft.reasoning:
        draft.reasoning = chosen
        drafts.save(draft)
        st.rerun()


def out_of_scope(draft: Draft, prepared: Prepared) -> None:
    """Which category, if any, holds the texts that belong to none of the others."""
    labels = [*prepared.report.get("labels", {})] if len(prepared) else []
    if len(labels) < LEAST_CATEGORIES:
        chosen = ""
    else:
        key = f"data-outside-{draft.source.digest[:8]}" if draft.source else "data-outside"
        _seed(key, sorted(labels, key=str.casefold), draft.out_of_scope)
        chosen = (
            st.selectbox(
                "Category of texts that belong to none of the others",
                sorted(labels, key=str.casefold),
                index=None,
                key=key,
                placeholder="None: every category is a real one",
                help="If you have collected texts that fit nowhere, under a name such as 'Other', "
                "choose it: the model then says 'none of these' to such texts.",
            )
            or ""
        )
    if chosen != draft.out_of_scope:
        draft.out_of_scope = chosen
        drafts.save(draft)
        st.rerun()


def _fits(text: str, table: Table) -> bool:
    named = field_columns.names_in(text, table.columns)
    if named:
        return all(name in table.columns for name in named)
    return text in table.columns or is_template(text, table.columns)


@dataclass(frozen=True)
class _Field:
    """One role to be filled."""

    draft: Draft
    source: Source
    task: Task
    role: str
    table: Table
    current: str
    """The column or template that it has now; empty if none."""

    @property
    def key(self) -> str:
        """Another file or task begins with fields of its own."""
        return f"data-role-{self.source.digest[:8]}-{self.task.name}-{self.role}"

    def candidates(self) -> list[str]:
        """The columns, the fitting ones first."""
        return cached.candidates(self.source, self.draft.read, self.task.name, self.role)


def _role(field: _Field, others: Sequence[str]) -> str:
    """One role's column or template; `others` are those of the other roles."""
    pair = _pair(field)
    woven = not pair and is_template(field.current, field.table.columns)
    chosen = field_columns.names_in(field.current, field.table.columns)
    options = field.candidates()
    if field.task.answers_are_json and field.role == field.task.learned and len(options) > 1:
        options = [*options, AS_FIELDS]
    if (field.role in _WOVEN or woven) and len(options) > 1:
        options = [*options, WEAVE]
    current = pair[0] if pair else AS_FIELDS if chosen else WEAVE if woven else field.current
    _seed(field.key, options, current)
    choice = st.selectbox(
        plain(field.task.role_titles[field.role]),
        options,
        index=None,
        format_func=lambda o: _SEVERAL.get(o, o),
        key=field.key,
        placeholder="Choose a column",
    )
    free = [name for name in field.candidates() if name not in others]
    if choice == AS_FIELDS:
        return _fields(field, chosen, free)
    if choice != WEAVE:
        pairs = field.task.is_read_off and field.role == field.task.question_role
        return _with_second(field, choice, others) if choice and pairs else choice or ""
    return _template(field, field.current if woven else "", free)


def _pair(field: _Field) -> tuple[str, ...]:
    """The two columns of texts that belong together, where the field has such ones now."""
    pair = text_pair.columns_of(field.current)
    is_one = text_pair.template(pair, pair) == field.current if pair else False
    return pair if is_one and field.task.is_read_off else ()


def _with_second(field: _Field, first: str, others: Sequence[str]) -> str:
    """The column alone, or with a second one that belongs to it."""
    key = f"{field.key}-second"
    options = [name for name in field.candidates() if name not in (first, *others)]
    pair = _pair(field)
    _seed(key, options, pair[1] if pair and pair[0] == first else "")
    second = st.selectbox(
        "Second text that belongs to it (optional)",
        options,
        index=None,
        key=key,
        format_func=plain,
        placeholder="No second text",
        help="For two texts that are judged together: question and answer, claim and evidence, product "
        "A and product B. A model that sorts reads them as a pair.",
    )
    return text_pair.template((first, second), (first, second)) if second else first


def _fields(field: _Field, chosen: Sequence[str], free: Sequence[str]) -> str:
    """The columns that are the fields of the answer, one a field."""
    key = f"{field.key}-fields"
    if key not in st.session_state:
        st.session_state[key] = list(chosen)
    names = st.multiselect(
        "Columns that are the fields to find",
        [name for name in field.table.columns if name in free or name in chosen],
        key=key,
        placeholder="Choose one column for each field",
        help="One column a field. An empty cell says that the text does not have this field.",
    )
    return field_columns.as_source(names) if names else ""


def _seed(key: str, options: list[str], current: str) -> None:
    """Set a field before its first view, or when its choice is gone from the options."""
    if key not in st.session_state or st.session_state[key] not in [*options, None]:
        st.session_state[key] = current if current in options else None


def _template(field: _Field, current: str, free: Sequence[str]) -> str:
    key = f"{field.key}-template"
    columns = field.table.columns
    example = "\n\n".join(f"{name}: {{{name}}}" for name in free[:2])
    st.session_state.setdefault(key, current or example)
    text = st.text_area(
        f"Template of the {plain(field.role)}",
        key=key,
        height=120,
        help="Write text as you like; a column's name in curly brackets is filled in row by row.",
    )
    more = f" and {len(columns) - 8:,} more" if len(columns) > 8 else ""
    st.caption("Columns: " + plain(", ".join(f"{{{name}}}" for name in columns[:8]) + more))
    return text


def _feedback(field: _Field) -> str:
    """The column that marks bad answers."""
    options = field.candidates()
    _seed(field.key, options, field.current)
    column = st.selectbox(
        "Which answers are good (feedback)",
        options,
        index=None,
        key=field.key,
        placeholder="No column: every answer is taught",
        help="An answer whose feedback is bad (false, 0, no, thumbs down) is the worse one beside a good "
        "one to the same question."
        if field.task.compares
        else "A row whose feedback is bad (false, 0, no, thumbs down) is left out and never taught.",
    )
    return column or ""


def _system(field: _Field) -> str:
    """The instruction for all rows, or the column that has one for each."""
    draft, key = field.draft, field.key
    with st.expander(
        "Instruction for the model (system prompt), optional",
        expanded=bool(draft.system or field.current),
        icon=":material/assignment:",
    ):
        st.session_state.setdefault(f"{key}-text", draft.system)
        draft.system = st.text_area(
            "The same for every example",
            key=f"{key}-text",
            height=90,
            placeholder="You are the friendly customer service of Quillberry. Answer briefly.",
            help="Stands before every question, in training and in later use alike.",
        )
        options = field.candidates()
        _seed(key, options, field.current)
        column = st.selectbox(
            "Or one for each example, from a column",
            options,
            index=None,
            key=key,
            placeholder="No column",
        )
    return column or ""
