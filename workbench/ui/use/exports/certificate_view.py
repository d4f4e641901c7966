"""A certificate on a page: the verdict, and each way with its words."""

import streamlit as st

from workbench.core.metrics import MAE, METRICS
from workbench.models.exports.certificate import API, EXACT, EXPORT, Certificate, Way
from workbench.ui.numbers import plural
from workbench.ui.text import plain

_HELP = {
    EXACT: "What was learned, put into the base model's own 16-bit weights and computed without rounding: "
    "what every export is held against.",
    EXPORT: "Asked in the program that the export is for, after it was written.",
    API: "Asked as other programs on this machine ask.",
}


def show(certificate: Certificate, key: str) -> None:
    """Verdict, table, notes."""
    if certificate.passed:
        st.success(plain(certificate.verdict), icon=":material/verified:")
    else:
        st.error(plain(certificate.verdict), icon=":material/gpp_bad:")
        if certificate.format:
            st.caption(
                "So it is not offered. Make it finer or in another form; if that fails, train again."
            )
    with st.expander("How it was checked", icon=":material/fact_check:", key=key):
        asked = plural(certificate.exam_questions, "exam question")
        golden = plural(certificate.prompts, "odd prompt")
        st.write(
            f"{asked} and {golden} were asked in every way; each line says how many answers are the same."
        )
        for way in certificate.ways:
            mark = ":green[✓]" if way.passed else ":red[✗]"
            st.markdown(
                f"{mark} **{plain(way.title)}**: {plain(_said(way, certificate))} "
                f":small[:gray[{plain(way.read_by)}. {plain(_HELP.get(way.name, ''))}]]"
            )
        for note in certificate.notes:
            st.caption(plain(note))


def _said(way: Way, certificate: Certificate) -> str:
    parts = [f"{way.same} of {way.questions} the same", *_scores(way, certificate)]
    if way.largest_difference is not None:
        what = "numbers" if certificate.metric == MAE else "probabilities"
        parts.append(f"{what} differ by at most {way.largest_difference:.3f}")
    return f"{' · '.join(parts)}{f'. {way.why}' if way.why else ''}"


def _scores(way: Way, certificate: Certificate) -> list[str]:
    metric = METRICS.get(certificate.metric)
    if metric is None or way.score is None:
        return []
    return [f"{metric.label} {metric.unit.exact(way.score)}"]
