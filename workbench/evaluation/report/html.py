"""The report as one HTML file: nothing in it is fetched or run, and it prints well."""

from html import escape

from workbench.evaluation.report.content import Bar, Chart, Example, Report, Section, Table

_STYLE = """
:root { --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --paper: #fff; --tuned: #0072b2;
  --other: #8a9099; --good: #1a7f37; --unsure: #0550ae; --bad: #b42318; --fill: #f6f8fa; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa4ae; --line: #3d444d;
  --paper: #0d1117; --tuned: #56b4e9; --other: #8a9099; --good: #3fb950; --unsure: #58a6ff;
  --bad: #ff7b72; --fill: #151b23; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.4rem 0 .4rem; }
p { margin: .4rem 0; } .soft, .note, footer { color: var(--soft); font-size: .9rem; }
.verdict { border-left: .4rem solid var(--unsure); background: var(--fill); padding: .8rem 1rem;
  margin: 1rem 0; } .verdict.good { border-color: var(--good); } .verdict.bad { border-color: var(--bad); }
.verdict strong { font-size: 1.1rem; }
.bar { display: grid; grid-template-columns: 10rem 1fr 16rem; gap: .6rem; align-items: center;
  margin: .3rem 0; } .bar.tuned { font-weight: 600; }
.track { position: relative; height: 1.2rem; background: var(--fill); }
.fill { position: absolute; inset: 0 auto 0 0; background: var(--other); }
.tuned .fill { background: var(--tuned); }
.line { position: absolute; top: 50%; height: 2px; background: var(--ink);
  outline: 1px solid var(--paper); }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .25rem .6rem;
  border-bottom: 1px solid var(--line); vertical-align: top; } th { color: var(--soft); }
th, dt, td:nth-child(n + 2):nth-last-child(n + 2) { overflow-wrap: normal; }
.example { border: 1px solid var(--line); padding: .5rem .8rem; margin: .5rem 0; break-inside: avoid; }
.example .word { font-weight: 600; color: var(--bad); } .example.good .word { color: var(--good); }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; }
section { break-inside: avoid; }
@media (max-width: 40rem) { .columns { display: block; } body { padding: 1rem; }
  th, td { padding: .25rem .3rem; } dl { grid-template-columns: max-content 1fr; gap: .15rem .6rem; }
  .bar { grid-template-columns: 1fr; gap: .1rem; } }
@page { margin: 13mm; }
@media print { :root { font-size: 10.5px; } body { font-size: 1rem; padding: 0; max-width: none; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def to_html(report: Report) -> str:
    """The report as an HTML page of its own."""
    title = escape(report.title)
    first = "".join(map(_section, report.first))
    examples, *others = map(_section, report.second)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
<body><header><h1>{title}</h1><p class="soft">{escape(report.subtitle)}</p></header>
<main>{_verdict(report)}{_chart(report.chart)}{first}
<div class="second">{examples}<div class="columns">{"".join(others)}</div></div></main>
<footer><p>{escape(report.footer)}</p></footer></body></html>
"""


def _verdict(report: Report) -> str:
    evidence = " ".join(report.evidence)
    parts = [f"<p><strong>{escape(report.verdict)}</strong></p>"]
    parts += [f"<p>{escape(text)}</p>" for text in (evidence, report.next_step) if text]
    return f'<div class="verdict {escape(report.level)}">{"".join(parts)}</div>'


def _chart(chart: Chart) -> str:
    if not chart.bars:
        return ""
    bars = "".join(map(_bar, chart.bars))
    note = f'<p class="note">{escape(" ".join(chart.notes))}</p>'
    return f"<section><h2>{escape(chart.title)}</h2>{bars}{note}</section>"


def _bar(bar: Bar) -> str:
    line = ""
    if bar.low is not None and bar.high is not None:
        left, width = 100 * bar.low, 100 * (bar.high - bar.low)
        line = f'<span class="line" style="left:{left:.2f}%;width:{width:.2f}%"></span>'
    interval = f' <span class="soft">({escape(bar.interval)})</span>' if bar.interval else ""
    seconds = f' <span class="soft">{escape(bar.seconds)}</span>' if bar.seconds else ""
    return (
        f'<div class="bar{" tuned" if bar.is_tuned else ""}"><span>{escape(bar.title)}</span>'
        f'<span class="track"><span class="fill" style="width:{100 * bar.length:.2f}%"></span>{line}'
        f"</span><span>{escape(bar.label)}{interval}{seconds}</span></div>"
    )


def _section(section: Section) -> str:
    parts = [f"<p>{escape(text)}</p>" for text in section.text]
    if section.facts:
        rows = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in section.facts)
        parts.append(f"<dl>{''.join(rows)}</dl>")
    if section.table:
        parts.append(_table(section.table))
    if section.points:
        parts.append(f"<ul>{''.join(f'<li>{escape(p)}</li>' for p in section.points)}</ul>")
    parts += map(_example, section.examples)
    return f"<section><h2>{escape(section.title)}</h2>{''.join(parts)}</section>"


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.headers)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _example(example: Example) -> str:
    return (
        f'<div class="example{" good" if example.is_good else ""}">'
        f'<p class="word">{escape(example.verdict)}</p><dl>'
        f"<dt>Question</dt><dd>{escape(example.question)}</dd>"
        f"<dt>Wanted</dt><dd>{escape(example.wanted)}</dd>"
        f"<dt>Its answer</dt><dd>{escape(example.answer)}</dd></dl></div>"
    )
