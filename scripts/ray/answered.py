"""Rows of `recovery.py` in which a real model answers a file of many rows."""

import csv
import itertools
import time
from pathlib import Path

from scene import Scene, check, said
from trained import REAL, few_replies, start_training

from workbench.jobs import placing
from workbench.jobs.cluster import CLUSTER, HERE
from workbench.projects import samples
from workbench.use import batch

MAILS = 520
"""More than two machines are worth."""
TOKENS = 12


def file(scene: Scene) -> str:
    """A file of e-mails answered by two machines that share it, and by one of them."""
    while scene.cluster.machines < 2:
        scene.cluster.add_machine()
    version = few_replies(scene)
    seconds, answers = {}, []
    with scene.worker_with(**REAL):
        begun = start_training(scene, HERE, eval_max_new_tokens=TOKENS)
        scene.until_over(begun.job_id)
    placing.put_project(scene.store, version.project_id, CLUSTER)
    for at_once in (2, 1):
        with scene.worker_with(**REAL, WORKBENCH_RAY_JOBS=str(at_once)):
            began = time.monotonic()
            job_id = batch.start_prediction(scene.store, begun.run_id, _mails(scene))
            scene.until_over(job_id)
            said(scene, job_id, attempts=1)
            seconds[at_once] = time.monotonic() - began
            answers.append(list(batch.answers(scene.store, job_id)["answer"]))
    placing.put_project(scene.store, version.project_id, HERE)
    check(answers[0] == answers[1], "two machines answer otherwise than one")
    check(len(answers[0]) == MAILS, f"{len(answers[0])} of {MAILS} rows are answered")
    return (
        f"{MAILS} e-mails of {TOKENS} tokens answered in {seconds[2]:.1f} s by two machines with one core "
        f"each, in {seconds[1]:.1f} s by one ({seconds[2] / seconds[1]:.2f} of that), each with the same "
        "answer"
    )


def _mails(scene: Scene) -> Path:
    """The sample's e-mails again and again, with a number each."""
    path = scene.folder / "mails.csv"
    with samples.FILE.open(newline="") as rows, path.open("w", newline="") as many:
        mails = [row["email"] for row in csv.DictReader(rows)]
        writer = csv.writer(many)
        writer.writerow(["email"])
        numbered = enumerate(itertools.islice(itertools.cycle(mails), MAILS))
        writer.writerows([f"{mail} (No. {number})"] for number, mail in numbered)
    return path
