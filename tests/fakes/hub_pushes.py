"""What is pushed to the hub of the tests: repositories, large files, commits, as its API takes them."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

Answer = tuple[int, Any]


@dataclass
class Pushes:
    """What came, and what became of it."""

    private: set[str] = field(default_factory=set)
    objects: dict[str, bytes] = field(default_factory=dict)
    """Large files by their sha256, whether or not a commit names them."""
    commits: list[tuple[str, list[str]]] = field(default_factory=list)
    """Name of the repository, and the paths that the commit wrote."""
    deleted: list[str] = field(default_factory=list)

    def take(self, method: str, path: str, body: bytes, hub: Any) -> Answer:
        """Do what a request asks for; status and answer."""
        if path == "/api/repos/create":
            return self._create(json.loads(body), hub)
        if path == "/api/repos/delete":
            return self._delete(json.loads(body), hub)
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if path.startswith("/lfs/"):
            return self._object(path, body)
        if path.endswith("/info/lfs/objects/batch"):
            return 200, {"objects": [self._wanted(o, hub) for o in json.loads(body)["objects"]]}
        kind, name = path.removeprefix("/api/").rsplit("/", 2)[0].split("/", 1)
        if name not in hub.holds(kind):
            return 404, {}
        if "/preupload/" in path:
            return 200, {"files": [_mode(f) for f in json.loads(body)["files"]]}
        return self._commit(hub.holds(kind), name, body, hub) if "/commit/" in path else (404, {})

    def _create(self, asked: dict[str, Any], hub: Any) -> Answer:
        name = f"{asked['organization']}/{asked['name']}"
        kind = f"{asked.get('type') or 'model'}s"
        held = hub.holds(kind)
        if name in held:
            return 409, {"error": "You already created this repo", "url": name}
        held[name] = {}
        if asked.get("visibility") == "private" or asked.get("private"):
            self.private.add(name)
        return 200, {"url": f"{hub.address}/{'' if kind == 'models' else 'datasets/'}{name}"}

    def _delete(self, asked: dict[str, Any], hub: Any) -> Answer:
        name = f"{asked['organization']}/{asked['name']}"
        hub.holds(f"{asked.get('type') or 'model'}s").pop(name, None)
        self.deleted.append(name)
        return 200, {}

    def _wanted(self, asked: dict[str, Any], hub: Any) -> dict[str, Any]:
        if asked["oid"] in self.objects:
            return asked
        upload = {"href": f"{hub.address}/lfs/{asked['oid']}"}
        verify = {"href": f"{hub.address}/lfs/verify/{asked['oid']}"}
        return {**asked, "actions": {"upload": upload, "verify": verify}}

    def _object(self, path: str, body: bytes) -> Answer:
        digest = path.rsplit("/", 1)[-1]
        if path.startswith("/lfs/verify/"):
            return (200 if digest in self.objects else 404), {}
        if hashlib.sha256(body).hexdigest() != digest:
            return 400, {}
        self.objects[digest] = body
        return 200, {}

    def _commit(self, repos: Any, name: str, body: bytes, hub: Any) -> Answer:
        """All of it or nothing."""
        held, paths = dict(repos[name]), []
        for line in body.splitlines():
            step = json.loads(line)
            value = step["value"]
            if step["key"] == "file":
                held[value["path"]] = base64.b64decode(value["content"])
            elif step["key"] == "lfsFile":
                if value["oid"] not in self.objects:
                    return 400, {}
                held[value["path"]] = self.objects[value["oid"]]
            elif step["key"] == "deletedFile":
                held.pop(value["path"], None)
            elif step["key"] == "deletedFolder":
                prefix = value["path"].rstrip("/") + "/"
                held = {p: c for p, c in held.items() if not p.startswith(prefix)}
            if step["key"] in ("file", "lfsFile"):
                paths.append(value["path"])
        repos[name] = held
        self.commits.append((name, paths))
        return 200, {"commitUrl": f"{hub.address}/datasets/{name}/commit/1", "commitOid": "1" * 40}


def _mode(file: dict[str, Any]) -> dict[str, Any]:
    large = file["path"].endswith((".parquet", ".safetensors"))
    return {
        "path": file["path"],
        "uploadMode": "lfs" if large else "regular",
        "shouldIgnore": False,
    }
