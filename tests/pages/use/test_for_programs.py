"""The page for other programs: a name and an address, keys that are shown once, code, the log."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from storage import files
from storage.database import Store
from storage.live import releases
from tests.helpers import made
from tests.pages.opened import open_page, texts
from workbench.jobs.process.serve_files import LoggedRequest
from workbench.models.trained import FACTS
from workbench.projects import projects
from workbench.use import keys, request_log, server, server_port

PAGE = "pages/use/for_programs.py"


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails & *more*")


@pytest.fixture
def run_id(store: Store, project_id: int) -> int:
    """A trained model that writes; its weights are never loaded."""
    adapter = files.folder("jobs", "1", "adapter")
    about = {
        "task": "completion", "kind": "causal", "method": "lora", "quantization": "none",
        "base": {"name": "Tiny", "path": "/models/tiny", "revision": ""}, "system": "",
        "labels": [], "max_length": 256, "chat_template": "", "versions": {},
    }  # fmt: skip
    (adapter / FACTS).write_text(json.dumps(about))
    version_id = made.add_dataset(store, project_id, task="completion")
    model_id = made.add_model(store, kind="causal")
    return made.add_run(store, project_id, version_id, model_id, adapter=str(adapter))


def codes(at: AppTest) -> list[str]:
    return [str(element.value) for element in at.code]


def test_without_a_trained_model_the_page_says_what_to_do(store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    assert "no trained model" in texts(at)
    assert at.button(key="go-train")
    links = [link.proto.label for link in at.get("page_link")]
    for room in ("Playground", "Answer a file", "**For other programs**", "Take it elsewhere"):
        assert room in links


def test_the_name_follows_what_is_live(store: Store, project_id: int, run_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    assert at.selectbox(key="api-model").value == f"run-{run_id}"
    assert "No version of this project is live" in texts(at)
    with store.write() as session:
        releases.add(session, project_id, run_id, approver="A", note="", gate={}, about={})
    at = open_page(PAGE, project=project_id)
    assert at.selectbox(key="api-model").value == "mails-more:live"
    assert "mails-more:live" in codes(at)
    assert all("mails-more:live" in code for code in codes(at)[2:])
    assert "serve --project mails-more --port" in texts(at)
    assert server.server_state(store).phase == "off"  # nothing is loaded unless it is asked for


def test_the_address_stays_and_the_server_is_loaded_when_wanted(
    store: Store, project_id: int, run_id: int
) -> None:
    at = open_page(PAGE, project=project_id)
    at.button(key="start-server").click().run()
    assert server.server_state(store).phase == "starting"
    port = server_port.known()
    at = open_page(PAGE, project=project_id)
    assert f"http://127.0.0.1:{port}/v1" in codes(at)
    at.toggle(key="stay-awake").set_value(True).run()
    assert server_port.stays_awake()
    at.toggle(key="stay-awake").set_value(False).run()
    assert not server_port.stays_awake()


def test_a_key_is_made_shown_once_and_revoked(store: Store, project_id: int, run_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    assert "YOUR-KEY" in codes(at)[-1]
    at.text_input(key="key-name").set_value("Excel :red[x]")
    at.number_input(key="key-requests").set_value(30)
    at.button(key="key-make").click().run()
    assert not at.exception
    (info,) = keys.listing(store)
    assert (info.name, info.project_id, info.requests_a_minute) == ("Excel :red[x]", project_id, 30)
    secret = next(code for code in codes(at) if code.startswith("slm-"))
    assert secret.endswith(info.ends)
    assert secret in codes(at)[-1]
    assert r"Excel \:red" in texts(at)
    at.button(key="key-copied").click().run()
    assert not [code for code in codes(at) if secret in code]
    assert secret not in texts(open_page(PAGE, project=project_id))
    assert "30 requests a minute" in texts(at)

    at.button(key=f"revoke-{info.id}").click().run()
    at.button(key="revoke-yes").click().run()
    assert keys.listing(store) == []
    assert "There are no keys yet" in texts(at)


def test_a_key_without_a_name_is_refused_in_a_sentence(
    store: Store, project_id: int, run_id: int
) -> None:
    at = open_page(PAGE, project=project_id)
    at.button(key="key-make").click().run()
    assert "needs a name" in at.error[0].value
    assert keys.listing(store) == []


def log(**values: Any) -> None:
    line = {"at": "2026-03-01T10:00:00+00:00", "route": "/v1/chat/completions", "status": 200}
    with (files.folder("serve") / "requests.jsonl").open("a") as handle:
        handle.write(json.dumps(LoggedRequest(**{**line, **values}).as_dict()) + "\n")


def test_the_log_is_told_as_chart_and_table(store: Store, project_id: int, run_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    assert "No program has asked anything yet" in texts(at)
    log(key="Excel", model="=cmd()", tokens_read=20, tokens_written=5)
    log(key="Excel", status=429)
    log(status=401, at="2026-03-02T23:30:00+00:00")
    at = open_page(PAGE, project=project_id)
    assert "3 requests, 2 of them refused or given up; 25 tokens" in texts(at)
    table = at.dataframe[0].value
    assert list(table["Status"]) == [401, 429, 200]
    assert at.get("vega_lite_chart")
    at.button(key="api-log-delete").click().run()
    at.button(key="delete-log-yes").click().run()
    assert request_log.listing() == []


def test_keeping_texts_is_said_in_red_and_can_be_undone(
    store: Store, project_id: int, run_id: int
) -> None:
    at = open_page(PAGE, project=project_id)
    assert ":red[" not in texts(at)
    at.toggle(key="keep-texts").set_value(True).run()
    assert request_log.keeps_texts(store)
    assert ":red[" in texts(at)
    (files.folder("serve") / "texts.jsonl").write_text("{}\n")
    at = open_page(PAGE, project=project_id)
    at.button(key="texts-delete").click().run()
    assert request_log.kept_texts_bytes(store) == 0
    at.toggle(key="keep-texts").set_value(False).run()
    assert not request_log.keeps_texts(store)
    assert ":red[" not in texts(at)
