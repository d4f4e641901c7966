"""Stores keep files whole, by their keys: a folder that is shared, and a bucket (by `make ray`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.remote.file_store import FileStore, StoreUnreachable
from workbench.jobs.process.remote.folder_store import FolderStore
from workbench.jobs.process.remote.stores import store_at


@pytest.fixture(params=["folder", "bucket"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FileStore]:
    if request.param == "folder":
        (tmp_path / "shared").mkdir()
        yield store_at(f"file://{tmp_path / 'shared'}")
        return
    pytest.importorskip("s3fs", reason="install requirements-ray.txt")
    server = pytest.importorskip("moto.server", reason="install requirements-ray-tests.txt")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    import boto3

    boto3.client("s3").create_bucket(Bucket="slm")
    yield store_at("s3://slm/here")
    running.stop()


def test_what_is_kept_comes_back_and_goes(store: FileStore, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"0123456789" * 100_000)
    store.put(tmp_path / "large", "objects/ab/large")
    store.write("jobs/1/told.json", b"{}")
    store.write("jobs/1/told.json", b'{"what": "pause"}')
    assert store.read("jobs/1/told.json") == b'{"what": "pause"}'
    assert store.has("objects/ab/large")
    assert store.sizes("jobs") == {"jobs/1/told.json": 17}
    assert store.sizes("objects") == {"objects/ab/large": 1_000_000}
    store.fetch("objects/ab/large", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "large").read_bytes()
    store.remove("jobs/1")
    assert store.sizes("jobs") == {}
    assert store.has("objects/ab/large")


def test_what_is_not_there_is_none(store: FileStore, tmp_path: Path) -> None:
    assert store.read("jobs/1/told.json") is None
    assert not store.has("jobs/1/told.json")
    assert store.sizes("jobs/1") == {}
    store.remove("jobs/1")
    with pytest.raises(FileNotFoundError):
        store.fetch("objects/ab/none", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_share_that_is_not_mounted_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    store = store_at(str(tmp_path / "shared"))
    for ask in (
        lambda: store.read("jobs/1/order.json"),
        lambda: store.write("jobs/1/order.json", b"{}"),
        lambda: store.sizes("jobs"),
        lambda: store.has("jobs"),
    ):
        with pytest.raises(StoreUnreachable, match="mount it"):
            ask()
    assert not (tmp_path / "shared").exists()


def test_who_writes_where_an_attempt_is_thrown_away_may_look_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    monkeypatch.setattr(Path, "write_bytes", lambda *_: store.remove("jobs/1"))
    with pytest.raises(StoreUnreachable, match="given up"):
        store.write("jobs/1/told.json", b"{}")
    with pytest.raises(FileNotFoundError):
        store.put(tmp_path / "no such file", "jobs/1/other")


def test_a_bucket_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("s3fs", reason="install requirements-ray.txt")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        store_at("s3://slm/none").read("order.json")


@pytest.mark.parametrize("url", ["shared/slm", "file://shared"])
def test_a_place_that_every_machine_would_find_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(WorkbenchError, match="full path"):
        store_at(url)
