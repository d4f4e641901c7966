"""`import --hub`: a data set of the hub in place of a file."""

import argparse
import sys

from storage.database import Store
from workbench.cli.output import finished
from workbench.core.errors import WorkbenchError
from workbench.data.examples.plan import Source
from workbench.data.files import hub_sets


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `import` for data sets of the hub."""
    parser.add_argument(
        "--hub", metavar="NAME", help="a data set of the Hugging Face hub in place of a file"
    )
    parser.add_argument("--config", metavar="NAME", help="of --hub: the first without")
    parser.add_argument("--split", metavar="NAME", help="of --hub: all without")


def check(options: argparse.Namespace) -> None:
    """Refuse both a file and a data set of the hub, and neither.

    Raises:
        WorkbenchError: so it is.
    """
    if bool(options.hub) == bool(options.files):
        raise WorkbenchError("Name a FILE, or a data set of the hub with --hub.")
    if (options.config or options.split) and not options.hub:
        raise WorkbenchError("--config and --split are parts of a data set: add --hub NAME.")


def fetched(store: Store, project_id: int, options: argparse.Namespace) -> Source:
    """The data set, downloaded; what it is is told on stderr first.

    Raises:
        WorkbenchError: there is none, or it cannot be downloaded.
    """
    about = hub_sets.look_up(options.hub)
    config, split = options.config or about.configs[0], options.split or ""
    print(f"{about.hub_id}: {hub_sets.line(about, config, split)}", file=sys.stderr, flush=True)
    job = hub_sets.start(store, project_id, about, config, split)
    return hub_sets.take(store, finished(store, job.id))
