"""What pages, routes and commands ask without saying for whom, and what of it leads into the home.

A service that takes a store knows who asks, and `test_rights.py` asks it as strangers. One that does not,
and reads or writes what lies in the home or among its secrets, needs a reason here.
"""

from tests.helpers import reaching

NAMED = "reads what an object names that only those were given who may see it"
PROCESS = "is of this process, whoever uses it"
WITHOUT = {
    "workbench.data.exports.file_of": NAMED,
    "workbench.data.files.large.is_large": NAMED,
    "workbench.data.files.reader.read_table": NAMED,
    "workbench.data.files.sources.outline": NAMED,
    "workbench.evaluation.judged.judgements.unread": NAMED,
    "workbench.evaluation.prompting.trials.answers": NAMED,
    "workbench.evaluation.sweeps.told.spent_s": NAMED,
    "workbench.system.installation.cluster_state.own_jobs": NAMED,
    "workbench.training.runs.last_step_kept": NAMED,
    "workbench.use.answered.written.written_by": NAMED,
    "workbench.data.files.hub_sets.look_up": "asks the hub; what it tells is of nobody's work here",
    "workbench.models.downloads.look_up": "asks the hub; what it tells is of nobody's work here",
    "workbench.models.downloads.free_bytes": "how full the disk is concerns everybody",
    "workbench.system.hardware.hardware": "what the computer has concerns everybody",
    "workbench.use.server_port.known": "the model server's address; who asks there needs a key",
    "workbench.use.server_port.stays_awake": "one server for all, and its address is known to all",
    "workbench.use.judge_here.at": "names the file of a key, which the job opens that is handed it",
    "workbench.use.server_key.key": "of the console; pages ask `told`",
    "workbench.jobs.worker.main": PROCESS,
    "workbench.jobs.worker_process.ensure_worker": PROCESS,
    "workbench.system.backup.restore.restore_backup": "of the console: there may be no database yet",
}
"""Function → why nobody needs to be named."""


def test_whatever_leads_into_the_home_is_told_for_whom() -> None:
    code = reaching.read_code()
    found = code.reach() & reaching.asked_by_pages(code)
    assert found - WITHOUT.keys() == set(), "give them a store first, and ask whether they may"
    assert WITHOUT.keys() - found == set(), "no exceptions any more"


def test_the_code_is_read_as_it_is() -> None:
    code = reaching.read_code()
    asked = reaching.asked_by_pages(code)
    assert len(asked) > 400
    assert "workbench.system.backup.backups.list_backups" in asked
    assert "workbench.system.backup.backups.list_backups" not in code.reach(), "it takes a store"
    assert "workbench.use.switches.switch" in code.reach()
    key = "workbench.use.server_key.key"
    named = {name for name, part in code.parts.items() if key in part.names}
    assert not [name for name in named if name.startswith(("pages.", "workbench.ui."))], (
        "of the console"
    )
