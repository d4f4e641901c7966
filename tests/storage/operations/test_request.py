"""What a thread works at: its own, and a job's as long as that lasts."""

import threading

from storage.operations import request


def test_each_thread_has_its_own() -> None:
    request.begin("mine-1234")
    request.by_person(7)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(request.current()))
    thread.start()
    thread.join()
    assert seen == [request.Request()]
    with request.of_job(3, "other-123"):
        assert request.current() == request.Request("other-123", None, 3)
    assert request.current() == request.Request("mine-1234", 7)
    request.begin("")
    assert request.current() == request.Request()
