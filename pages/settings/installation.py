"""Installation: whether all is well, who uses what, and what went wrong lately."""

import datetime as dt

import streamlit as st

from workbench.jobs import cluster, placing
from workbench.jobs.operations import health
from workbench.system import disk_use
from workbench.system.backup import backups
from workbench.system.disk_use import DiskUse
from workbench.system.hardware import hardware
from workbench.system.installation import at_work, space, state, troubles
from workbench.system.installation.space import ProjectSpace
from workbench.system.installation.state import LastBackup
from workbench.ui import context, errors, frame, status
from workbench.ui.numbers import count, percent, plural, size, when
from workbench.ui.settings import machines
from workbench.ui.storage import making
from workbench.ui.text import plain

POLL = "5s"
_OLD = dt.timedelta(days=7)
_THINGS = {
    health.DATABASE: "Database",
    health.SCHEMA: "Schema of the database",
    health.HOME: "Folder",
    health.DISK: "Disk",
    health.WORKER: "Worker",
}
_LOGS = {"web": "Pages", "worker": "Worker", "reader": "Files"}


@st.cache_data(show_spinner="Measuring the disk …", ttl=60, max_entries=2)
def measured(url: str) -> tuple[DiskUse, list[ProjectSpace]]:
    """What takes space, as of a minute ago at most."""
    return disk_use.measure(context.store()), space.by_project(context.store())


def main() -> None:
    """The page."""
    with errors.alone("Is everything well?"):
        state.check_may_look(context.store())
    frame.header(None, "Is everything well?")
    with errors.shown():
        st.fragment(show_present, run_every=POLL)()
        show_computer()
        there = st.container()
        show_disk()
        show_backup()
        show_people()
        show_troubles()
        show_facts()
        with there:  # last, since nobody knows how long it takes to answer
            st.fragment(show_cluster, run_every=machines.POLL)()


def show_cluster() -> None:
    """The cluster, looked at again as long as the page is open."""
    with errors.shown():
        machines.show()


def show_present() -> None:
    """What changes by itself: looked at again as long as the page is open."""
    show_health()
    show_at_work()


def show_health() -> None:
    """What the workbench needs: all of it is there, or a sentence for each thing that is not."""
    found = health.check(context.store)
    well = [_THINGS[check.name] for check in found if check.is_well]
    for check in found:
        if not check.is_well:
            st.error(f"**{_THINGS[check.name]}:** {plain(check.trouble)}", icon=":material/error:")
    if len(well) == len(found):
        st.success(
            "Database, folder, disk and worker are as they should be.",
            icon=":material/check_circle:",
        )


def show_at_work() -> None:
    """Everything that runs or waits, in all lanes."""
    st.markdown("##### At work")
    found = at_work.at_work(context.store())
    if not found:
        st.write("Nothing runs and nothing waits.")
        return
    rows = [
        {
            "What": one.title,
            "State": status.WORDS[one.status][0],
            "Since": when(one.since),
            "Lane": one.lane,
            **({"Where": placing.TITLES[one.place]} if cluster.is_named() else {}),
            "Project": one.project or "–",
            **({"Who": one.person or "–"} if any(one.person for one in found) else {}),
        }
        for one in found
    ]
    st.dataframe(rows, hide_index=True, key="at-work", width="stretch", alt="Table of all jobs")
    _link("Queue", "Change the order, pause or cancel on the Queue page")


def show_computer() -> None:
    """This computer and its worker."""
    st.markdown("##### This computer")
    machine = hardware()
    gpu = (
        f"{plain(machine.gpu_name)} with {machine.gpu_memory_gb:.0f} GB"
        if machine.gpu_name
        else "no GPU"
    )
    st.write(
        f"{plural(machine.cores, 'processor core')}, {machine.memory_gb:.0f} GB of memory "
        f"({machine.memory_free_gb:.0f} GB free), {gpu}."
    )
    worker = state.worker(context.store())
    if worker is None:
        st.write("No worker runs: jobs wait until one is started.")
    else:
        st.write(
            f"The worker (process {worker.pid}) runs since {when(worker.started_at)} and said that it "
            f"is alive {when(worker.alive_at)}; its program is of {when(worker.code_at)}."
        )


def show_disk() -> None:
    """The disk, and what each project takes of it."""
    st.markdown("##### Disk")
    use, projects = measured(context.store().url)
    taken = 1 - use.free_bytes / use.disk_bytes
    st.progress(
        taken,
        text=f"{size(use.free_bytes)} of {size(use.disk_bytes)} are free; the workbench uses "
        f"{size(use.used_bytes)}",
    )
    if projects:
        rows = [
            {
                "Project": one.name,
                "Data": size(one.data_bytes),
                "Models and jobs": size(one.jobs_bytes),
                "Together": size(one.bytes),
                "Share": percent(one.bytes / use.used_bytes) if use.used_bytes else "–",
            }
            for one in projects
        ]
        st.dataframe(
            rows, hide_index=True, key="by-project", width="stretch",
            height=min(38 + 35 * len(rows), 388), alt="Table of the projects, the largest first",
        )  # fmt: skip
        st.caption("Data that two projects share counts for each. Measured within the last minute.")
    _link("Storage", "What is what, and what can be freed")


def show_backup() -> None:
    """The last backup, and whether it could be restored."""
    st.markdown("##### Last backup")
    making.tell_last(backups.CHECK)
    making.show(backups.CHECK)
    last = state.last_backup(context.store())
    if last is None:
        st.warning(
            "There is no backup in the home. Make one on the Storage page, and keep a copy of it on "
            "another disk.",
            icon=":material/archive:",
        )
    else:
        _tell_backup(last)
    _link("Storage", "Make a backup")


def _tell_backup(last: LastBackup) -> None:
    file = last.file
    old = dt.datetime.now(dt.UTC) - file.made_at > _OLD
    said = f"**{plain(file.path.name)}**, {size(file.size_bytes)}, made {when(file.made_at)}."
    if old:
        st.warning(f"{said} That is more than a week ago.", icon=":material/schedule:")
    else:
        st.write(said)
    if last.checked is None:
        st.write(
            ":material/help: It was not looked through since: nobody knows yet if it is whole."
        )
    elif last.checked.problem:
        st.error(plain(last.checked.problem), icon=":material/error:")
    else:
        st.write(
            f":green[:material/check_circle:] It is whole: every file in it was read and compared "
            f"{when(last.checked.at)}."
        )
    if st.button(
        "Look through it now", key="check-backup", icon=":material/fact_check:",
        disabled=making.is_busy(),
    ):  # fmt: skip
        making.begin()
        backups.start_check(context.store(), file.path)
        st.rerun()


def show_people() -> None:
    """How many have an account."""
    st.markdown("##### People")
    found = state.people(context.store())
    if not found.count:
        st.write(
            "Nobody has an account: whoever opens these pages may do everything, as it should be on "
            "a computer of your own."
        )
        return
    gone = f", {count(found.disabled)} may not sign in any more" if found.disabled else ""
    st.write(
        f"{plural(found.count, 'person has', 'people have')} an account, "
        f"{plural(found.administrators, 'administrator')} among them{gone}."
    )
    if "People" in frame.PAGES:
        _link("People", "Invite people, change their roles, end accounts")


def show_troubles() -> None:
    """Errors of the last day."""
    st.markdown("##### Errors of the last day")
    found = troubles.of_last_day(context.store())
    if not found:
        st.write("None were logged.")
        return
    rows = [
        {
            "Last": when(one.at),
            "Times": one.times,
            "Log": _LOGS[one.log],
            "What": one.said,
            "Request": one.request_id or "–",
        }
        for one in found
    ]
    st.dataframe(
        rows, hide_index=True, key="troubles", width="stretch",
        height=min(38 + 35 * len(rows), 388), alt="Table of errors, the newest first",
        column_config={
            "What": st.column_config.TextColumn(width="large"),
            "Request": st.column_config.TextColumn(
                help="All lines of the log with this number belong to one view of a page, or one call."
            ),
        },
    )  # fmt: skip
    st.caption("The whole logs are on the Settings page.")


def show_facts() -> None:
    """The database and what is installed."""
    st.markdown("##### Database and versions")
    found = state.database(context.store())
    st.write(
        f"{plain(found.kind)} {plain(found.version)}, {size(found.size_bytes)}, schema "
        f"{plain(found.schema)}:"
    )
    st.code(found.place, language=None)
    with st.expander("Versions", icon=":material/inventory_2:", key="versions"):
        st.dataframe(
            [{"What": name, "Version": version} for name, version in state.versions().items()],
            hide_index=True, key="versions-table", width="stretch", alt="Table of versions",
        )  # fmt: skip


def _link(page: str, words: str) -> None:
    path, icon = frame.PAGES[page]
    st.page_link(path, label=words, icon=icon)


main()
