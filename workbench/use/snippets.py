"""Code to copy, with which other programs ask a model: one function for each program."""

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NO_KEY = "YOUR-KEY"
"""Stands in the code where no key is told."""
ANYWHERE = "https://YOUR-PUBLIC-ADDRESS"
"""Stands for an address that programs outside of this computer reach."""
QUESTION = "Where is my parcel?"


@dataclass(frozen=True)
class Target:
    """What the code asks."""

    url: str
    """http://127.0.0.1:8800, without /v1."""
    model: str
    """A name that the server knows, such as mails:live."""
    sorts: bool
    """Whether it answers with categories, so that `/v1/classify` tells how sure it is."""
    key: str = NO_KEY
    """Empty where none is asked for."""
    pair: bool = False
    """Whether a question is two texts that belong together."""
    estimates: bool = False
    """Whether it answers with a number, and between which ones the true one lies."""

    @property
    def told(self) -> tuple[str, ...]:
        """The names under which /v1/classify tells an answer."""
        return ("value", "low", "high") if self.estimates else ("label", "probability")

    @property
    def path(self) -> str:
        """Of the endpoint, without its first slash."""
        return "v1/classify" if self.sorts else "v1/chat/completions"

    def body(self, question: str = QUESTION) -> dict[str, Any]:
        """What is sent."""
        if self.sorts and self.pair:
            both = {"text": question, "text_pair": "The second text, which belongs to the first."}
            return {"model": self.model, "input": both}
        if self.sorts:
            return {"model": self.model, "input": question}
        return {"model": self.model, "messages": [{"role": "user", "content": question}]}


@dataclass(frozen=True)
class Snippet:
    """Code for one program."""

    title: str
    language: str | None
    """For colours; None for none."""
    program: Callable[[Target], str]
    hint: str
    """How to use it, in a sentence or two."""


def curl(asked: Target) -> str:
    """For a terminal of Linux or macOS."""
    body = shlex.quote(_json(asked.body()))
    key = f"  -H {shlex.quote(f'Authorization: Bearer {asked.key}')} \\\n" if asked.key else ""
    return (
        f"curl {shlex.quote(f'{asked.url}/{asked.path}')} \\\n{key}"
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {body}"
    )


def python(asked: Target) -> str:
    """With OpenAI's package."""
    lines = [
        "from openai import OpenAI  # pip install openai",
        "",
        f"client = OpenAI(base_url={_quoted(asked.url + '/v1')}, api_key={_quoted(asked.key or 'none')})",
    ]
    if asked.sorts:
        lines += [
            f"asked = {_json(asked.body())}",
            'reply = client.post("/classify", body=asked, cast_to=object)',
            'for found in reply["data"]:',
            f"    print({', '.join(f'found[{_quoted(name)}]' for name in asked.told)})",
        ]
    else:
        lines += [
            "reply = client.chat.completions.create(",
            f"    model={_quoted(asked.model)},",
            f"    messages={_json(asked.body()['messages'])},",
            ")",
            "print(reply.choices[0].message.content)",
        ]
    return "\n".join(lines)


def fetch(asked: Target) -> str:
    """JavaScript without a package."""
    return f"""const reply = await fetch({_quoted(f"{asked.url}/{asked.path}")}, {{
  method: "POST",
  headers: {{
    "Authorization": {_quoted(f"Bearer {asked.key}")},
    "Content-Type": "application/json",
  }},
  body: JSON.stringify({_json(asked.body())}),
}});
const told = await reply.json();
if (!reply.ok) throw new Error(told.error.message);
console.log({_read_in_javascript(asked)});"""


def javascript(asked: Target) -> str:
    """JavaScript with OpenAI's package."""
    if asked.sorts:
        ask = f"""const told = await client.post("/classify", {{
  body: {_json(asked.body())},
}});"""
    else:
        ask = f"""const told = await client.chat.completions.create(
  {_json(asked.body())},
);"""
    return f"""import OpenAI from "openai"; // npm install openai

const client = new OpenAI({{
  baseURL: {_quoted(asked.url + "/v1")},
  apiKey: {_quoted(asked.key)},
}});
{ask}
console.log({_read_in_javascript(asked)});"""


def power_query(asked: Target) -> str:
    """Excel and Power BI: a query in the language M, of a table with a column of questions."""
    if asked.sorts:
        body, read = f"[model = {_m(asked.model)}, input = question]", "Reply[data]{0}[label]"
    else:
        turn = '[role = "user", content = question]'
        gap = "\n" + " " * 24
        body = f"[{gap}model = {_m(asked.model)},{gap}messages = {{{turn}}}{gap[:-4]}]"
        read = "Reply[choices]{0}[message][content]"
    return f"""let
    Ask = (question as text) as text =>
        let
            Reply = Json.Document(
                Web.Contents({_m(asked.url)}, [
                    RelativePath = {_m(asked.path)},
                    Headers = [
                        #"Content-Type" = "application/json",
                        Authorization = {_m(f"Bearer {asked.key}")}
                    ],
                    Content = Json.FromValue({body}),
                    Timeout = #duration(0, 0, 10, 0)
                ])
            )
        in
            {read},
    Source = Excel.CurrentWorkbook(){{[Name = "Table1"]}}[Content],
    Answered = Table.AddColumn(
        Source,
        "Answer",
        each if [Question] = null then null else Ask(Text.From([Question])),
        type text
    )
in
    Answered"""


def apps_script(asked: Target) -> str:
    """Google Sheets: a function for cells, which Google's computers run."""
    read = "told.data[0].label" if asked.sorts else "told.choices[0].message.content"
    question = '"input": String(question)'
    if not asked.sorts:
        question = '"messages": [{"role": "user", "content": String(question)}]'
    return f"""// Google's computers run this: they need an address that the internet reaches.
const ADDRESS = {_quoted(ANYWHERE)};
const KEY = {_quoted(asked.key)};

/**
 * The model's answer to a cell, or to each cell of a range: =ASK_MODEL(A2)
 * @customfunction
 */
function ASK_MODEL(question) {{
  if (Array.isArray(question)) return question.map((row) => row.map(ASK_MODEL));
  if (question === "" || question === null || question === undefined) return "";
  const reply = UrlFetchApp.fetch(ADDRESS + {_quoted("/" + asked.path)}, {{
    method: "post",
    contentType: "application/json",
    headers: {{ Authorization: "Bearer " + KEY }},
    payload: JSON.stringify({{ "model": {_quoted(asked.model)}, {question} }}),
    muteHttpExceptions: true,
  }});
  const told = JSON.parse(reply.getContentText());
  if (reply.getResponseCode() !== 200) throw new Error(told.error.message);
  return {read};
}}"""


SNIPPETS = (
    Snippet(
        "Excel, Power BI",
        None,
        power_query,
        "In Excel: 'Data → Get Data → From Other Sources → Blank Query', then 'Advanced Editor'. It "
        "takes the table 'Table1' and its column 'Question'; put your own names there. When Excel asks "
        "how to sign in, choose 'Anonymous': the key is in the query. Where it asks for privacy levels, "
        "choose 'Organizational' for both.",
    ),
    Snippet(
        "Google Sheets",
        "javascript",
        apps_script,
        "In the sheet: 'Extensions → Apps Script'; then =ASK_MODEL(A2) in a cell. It does not work "
        "from this computer alone: Google's computers run it, and they cannot reach an address "
        "that begins with 127.0.0.1. Somebody has to give the server an address on the internet, by a "
        "proxy with a certificate that passes requests on to the address above under the host name "
        "127.0.0.1; whoever knows the address and a key can then ask your model.",
    ),
    Snippet("Python", "python", python, "Needs OpenAI's package: pip install openai."),
    Snippet(
        "JavaScript",
        "javascript",
        fetch,
        "For Node.js 18 or newer. Scripts of web sites are not answered.",
    ),
    Snippet(
        "JavaScript (openai)",
        "javascript",
        javascript,
        "Needs OpenAI's package: npm install openai.",
    ),
    Snippet("Terminal", "bash", curl, "For the terminal of Linux or macOS."),
)


def _read_in_javascript(asked: Target) -> str:
    if asked.sorts:
        return ", ".join(f"told.data[0].{name}" for name in asked.told)
    return "told.choices[0].message.content"


def _quoted(text: str) -> str:
    """A text as Python and JavaScript read it alike."""
    return _json(text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _m(text: str) -> str:
    """A text in M: quotes are doubled, and what begins with #( would be a sign by its number."""
    return '"' + text.replace("#(", "#(#)(").replace('"', '""') + '"'
