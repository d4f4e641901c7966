"""A file with answers that somebody looked over: what was put right is shown, then becomes examples."""

import hashlib
import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from workbench.core.tasks import task_named
from workbench.core.words import joined, plural
from workbench.data.unknown_categories import UnknownCategory
from workbench.data.versions import VersionInfo
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.frame import PAGES
from workbench.ui.text import plain
from workbench.use.answered import brought_back
from workbench.use.answered.answers import Answers
from workbench.use.answered.brought_back import LEAVE_OUT, BroughtBack
from workbench.use.answered.written import Written

_LOOKED = "answer-brought-back"
_MADE = "answer-examples-made"
_SHOWN = 200
_SENTENCES = 5
_LARGEST_MB = 200


def show(answers: Answers, file: Written) -> None:
    """The box; closed it costs nothing. A model that goes on with texts has nothing to be put right."""
    if not task_named(answers.version.task).asks_in_writing:
        return
    box = st.expander(
        "Put answers right in the file? Bring it back, and your model learns from it",
        icon=":material/edit_note:",
        key=f"answer-back-{answers.job_id}",
        on_change="rerun",
    )
    if not box.open:
        return
    with box, errors.shown():
        titles = [f"*{plain(title)}*" for title in brought_back.answer_titles(file)]
        st.write(
            f"Correct {joined(titles[:_SENTENCES])} in your spreadsheet program, save, and choose the "
            "file here. You may sort its rows, leave some out or add columns. You see what was "
            "changed before anything is kept."
        )
        upload = allowed.file_uploader(
            "The file with your corrections",
            max_upload_size=_LARGEST_MB,
            key=f"answer-back-file-{answers.job_id}",
        )
        if upload is not None:
            _show(answers, file, upload)


def _show(answers: Answers, file: Written, upload: UploadedFile) -> None:
    made = st.session_state.get(_MADE)
    if made is not None and made[0] == upload.file_id:
        _go_on(made[1])
        return
    found = _look(answers, file, upload)
    _tell(found)
    if not found.corrections and not found.confirmed:
        return
    meant = _meant(found)
    also = _also_confirmed(found)
    kept = [one for one in found.corrections if meant.get(one.after, one.after) != LEAVE_OUT]
    rows = len(kept) + (len(found.confirmed) if also else 0)
    if allowed.button(
        f"Make {plural(rows, 'example')} of them",
        key="answer-make-examples",
        type="primary",
        icon=":material/add_task:",
        disabled=not rows,
        help=f"A new version of '{plain(found.version.dataset_name)}'; the last one stays as it is.",
    ):
        done = brought_back.make_examples(
            context.store(),
            answers,
            found,
            Path(upload.name).name,
            in_place=meant,
            confirmed=also,
        )
        told = f"version {done.number}" if isinstance(done, VersionInfo) else "a new version soon"
        st.session_state[_MADE] = (upload.file_id, told)
        st.rerun()


def _look(answers: Answers, file: Written, upload: UploadedFile) -> BroughtBack:
    """What was changed; looked at once for each file that is brought."""
    digest = hashlib.sha256(upload.getbuffer()).hexdigest()
    key = (answers.job_id, file.path, digest)
    kept = st.session_state.get(_LOOKED)
    if kept is None or kept[0] != key:
        with st.spinner("Comparing with what you took away …"), tempfile.TemporaryDirectory() as at:
            path = Path(at) / f"back{Path(upload.name).suffix.lower()}"
            path.write_bytes(upload.getbuffer())
            name = Path(upload.name).name
            found = brought_back.look(context.store(), answers, file, path, name)
        st.session_state[_LOOKED] = kept = (key, found)
    looked: BroughtBack = kept[1]
    return looked


def _tell(found: BroughtBack) -> None:
    """What was changed: how often, and each row."""
    if not found.corrections:
        st.info("No answer was changed in this file.", icon=":material/info:")
    else:
        st.markdown(f"**{plural(len(found.corrections), 'answer')} put right**")
        if any(times > 1 for times in found.counts.values()):
            counts = [
                {"Before": before, "After": after, "Rows": times}
                for (before, after), times in found.counts.items()
            ]
            st.dataframe(counts[:_SHOWN], hide_index=True, key="answer-back-counts")
        rows = [
            {"Row": one.row, "Text": one.text, "Before": one.before, "After": one.after}
            for one in found.corrections[:_SHOWN]
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="answer-back-rows")
        if len(found.corrections) > _SHOWN:
            st.caption(f"The first {_SHOWN} are shown.")
    for number, why in found.unreadable[:_SENTENCES]:
        st.warning(f"Row {number:,}: {plain(why)}", icon=":material/warning:")
    if (more := len(found.unreadable) - _SENTENCES) > 0:
        st.caption(f"{plural(more, 'further row')} cannot be read, either.")
    if found.emptied:
        st.caption(
            f"{plural(found.emptied, 'answer')} deleted: that says nothing of what would be right, so "
            "they are left out."
        )
    if found.strange_rows:
        st.caption(
            f"{plural(found.strange_rows, 'row')} not found in the file that you took away (new, or "
            "with another text): left out."
        )


def _meant(found: BroughtBack) -> dict[str, str]:
    """What each category that nobody knows stands for."""
    return {one.name: _choose(one, found.version) for one in found.unknown}


def _choose(category: UnknownCategory, version: VersionInfo) -> str:
    new, out = f"'{category.name}' is a new category", "Leave these rows out"
    nearest = [category.nearest] if category.nearest else []
    others = [label for label in version.labels if label not in nearest]
    titles = {
        **{label: f"'{label}' was meant" for label in nearest},
        category.name: new,
        LEAVE_OUT: out,
        **{label: f"'{label}' was meant" for label in others},
    }
    chosen = st.selectbox(
        f"'{plain(category.name)}' ({plural(category.rows, 'row')}) is none of the categories that "
        "your model knows",
        list(titles),
        format_func=titles.__getitem__,
        key=f"answer-meant-{category.name}",
    )
    return str(chosen)


def _also_confirmed(found: BroughtBack) -> bool:
    if not found.confirmed:
        return False
    return st.checkbox(
        f"Also the {plural(len(found.confirmed), 'row')} that I looked at and left as they are "
        "(marked *Please check*)",
        key="answer-confirmed",
        help="Only say so if you have really read them: what is wrong there would be learned.",
    )


def _go_on(version: str) -> None:
    st.success(
        f"They are examples now ({plain(version)}). Train again, so that your model learns them.",
        icon=":material/check_circle:",
    )
    if st.button("Go to Train", key="answer-train", icon=":material/model_training:"):
        context.go(PAGES["Train"][0])
