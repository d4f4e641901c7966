"""Where the examples come from: a file, a pasted table, or the sample e-mails."""

import pandas as pd
import streamlit as st

from workbench.data import datasets
from workbench.data.examples.plan import Source
from workbench.data.readers import ReadOptions
from workbench.projects import samples
from workbench.ui import errors
from workbench.ui.accounts import allowed
from workbench.ui.data import describing, hub_set, upload_box
from workbench.ui.data import draft as drafts
from workbench.ui.data.draft import Draft

_EXAMPLE = pd.DataFrame(
    [
        ("Where is my parcel? It was due on Monday.", "Delivery"),
        ("The mug arrived in two pieces.", "Damaged"),
        ("Can I still change my address?", "Order change"),
    ],
    columns=["text", "category"],
)


def choose(draft: Draft) -> None:
    """Ask for a table; nothing else is on the page until there is one."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        upload, paste, hub, none = st.tabs(
            ["Upload a file", "Paste a table", "From the Hugging Face hub", "No examples yet?"]
        )
        with upload:
            uploaded(draft, "source", _LABEL, _HELP, several=True)
        with paste:
            _paste(draft)
        with hub:
            if source := hub_set.chosen():
                _take(draft, "source", source)
        with none:
            describing.start()
    with right:
        _teach(draft)


_LABEL = "Tables (CSV, Excel, JSON, Parquet, Arrow), documents (PDF, Word, text), e-mails or chats"
_HELP = (
    "CSV, TSV, XLSX, XLS, ODS, JSON, JSON lines, YAML, Parquet, Arrow; PDF, DOCX, TXT, Markdown; EML "
    "and MBOX; chats exported from WhatsApp, Slack, Teams, Telegram, Discord or Messenger; exports of "
    "programs for annotation (Label Studio, doccano …) and assistants (Rasa …); or a ZIP of them. "
    "Several files with the same "
    "columns, or several documents, become one table. They stay on this machine. What kind they "
    "are, their encoding, separators and column names are found out; you can correct them "
    "afterwards."
)


def uploaded(draft: Draft, target: str, label: str, help: str, *, several: bool = False) -> None:
    """A field for a file (or several), which becomes the draft's `target` (source or test)."""
    count = st.session_state.setdefault("data_uploads", 0)
    key = f"data-upload-{target}-{count}"
    if several:
        files = allowed.file_uploader(label, key=key, help=help, accept_multiple_files=True)
    else:
        files = list(filter(None, [allowed.file_uploader(label, key=key, help=help)]))
    large = upload_box.received(draft, target)
    with errors.shown():
        if files:
            _take(draft, target, datasets.keep_all([(file, file.name) for file in files]))
        elif large is not None:
            _take(draft, target, large)


def _take(draft: Draft, target: str, source: Source) -> None:
    setattr(draft, target, source)
    if target == "source":
        draft.read = ReadOptions()
    drafts.start_over(draft)
    st.rerun()


def _paste(draft: Draft) -> None:
    text = st.text_area(
        "Cells copied from a spreadsheet",
        key="data-paste",
        height=180,
        placeholder="text\tcategory\nWhere is my parcel?\tDelivery\n…",
        help="Select the cells in your spreadsheet, the row with the names included, copy, and "
        "paste them here.",
    )
    if allowed.button("Use this table", key="data-use-paste", icon=":material/content_paste_go:"):
        with errors.shown():
            _take(draft, "source", datasets.keep_text(text))


def _teach(draft: Draft) -> None:
    st.markdown("**What belongs here**")
    st.write(
        "One example in each row: what comes in, and what the right answer is. A few hundred rows "
        "are a good start; ten are the least."
    )
    st.dataframe(_EXAMPLE, hide_index=True, key="data-example-table")
    if allowed.button(
        "Use the sample e-mails", key="data-use-sample", icon=":material/mail:", help=_SAMPLE_HELP
    ):
        with errors.shown(), samples.FILE.open("rb") as stream:
            _take(draft, "source", datasets.keep(stream, samples.FILE.name))


_SAMPLE_HELP = "360 e-mails to a made-up shop, each with a category and a good reply."
