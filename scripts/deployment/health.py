"""Whether a process of a deployment is alive, by its exit code; for containers' health checks.

    python scripts/deployment/health.py web 8501       can it show pages?
    python scripts/deployment/health.py worker 8601    does it look after the queue?
    python scripts/deployment/health.py server 8600    does it answer programs?

Standard library only, since it runs every half a minute.
"""

import json
import os
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 8.0
PATHS = {"web": "/health/ready", "worker": "/health/live", "server": "/health"}


def main() -> int:
    """0 if it is, 1 with a sentence if not, 2 if this was called wrongly."""
    if len(sys.argv) != 3 or sys.argv[1] not in PATHS or not sys.argv[2].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    kind, port = sys.argv[1:]
    base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/") if kind == "web" else ""
    url = f"http://127.0.0.1:{port}{'/' + base if base else ''}{PATHS[kind]}"
    trouble = asked(url)
    if trouble:
        print(f"The {kind} at {url} is not well: {trouble}")
    return 1 if trouble else 0


def asked(url: str) -> str:
    """What is wrong; empty if it answers that all is well."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=TIMEOUT_S):
            return ""
    except urllib.error.HTTPError as error:
        return f"{error.code}, {_said(error.read())}"
    except OSError as error:
        return str(error)


def _said(body: bytes) -> str:
    try:
        found = json.loads(body)
        return "; ".join(f"{name}: {text}" for name, text in found.items() if text != "ok")
    except (ValueError, AttributeError):
        return body[:200].decode("utf-8", "replace")


if __name__ == "__main__":
    raise SystemExit(main())
