"""The command line, thin, over the same services as the pages.

With `--json` a command prints one JSON object as the last line of stdout. An error that the user
can mend goes to stderr in one sentence, with exit code 2.
"""

import argparse
import errno
import logging
import sys
from collections.abc import Callable, Sequence

from storage.errors import StorageError
from workbench.cli import (
    answering,
    backups,
    checkup,
    data,
    demo,
    describe,
    exporting,
    fields,
    fit,
    jobs,
    machine,
    models,
    preview,
    run_doctor,
    runs,
    use,
)
from workbench.cli.accounts import acting
from workbench.cli.accounts import people as accounts
from workbench.cli.evaluation import (
    drift,
    habits,
    judge,
    limit,
    preferences,
    prompts,
    releases,
    reports,
)
from workbench.cli.exports import model_exports
from workbench.cli.hub import token
from workbench.cli.operating import audit, limits
from workbench.cli.serving import keys
from workbench.cli.training import sweep
from workbench.core.errors import WorkbenchError

_OF_THE_DISK = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.ENOSPC,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
}
Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    acting.remember(options)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    command: Command = options.command
    try:
        return command(options)
    except (WorkbenchError, StorageError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno not in _OF_THE_DISK or not error.filename:
            raise
        print(
            f"{error.filename} cannot be used ({error.strerror}): choose another file or folder, "
            "or make room on its disk, then try again.",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print(
            "Stopped waiting; what was started goes on. See: python -m workbench jobs",
            file=sys.stderr,
        )
        return 130
    finally:
        acting.close_stores()


def build_parser() -> argparse.ArgumentParser:
    """The parser with every command."""
    parser = argparse.ArgumentParser(
        prog="python -m workbench", description="Teach a small language model your domain."
    )
    acting.add_option(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (
        demo,
        data,
        describe,
        fields,
        preview,
        checkup,
        exporting,
        model_exports,
        runs,
        run_doctor,
        sweep,
        answering,
        releases,
        limit,
        drift,
        reports,
        habits,
        prompts,
        judge,
        preferences,
        fit,
        jobs,
        models,
        token,
        use,
        keys,
        audit,
        limits,
        machine,
        backups,
        accounts,
    ):
        module.add_commands(commands)
    return parser
