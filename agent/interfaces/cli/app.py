"""The ``ansatz`` command: its subcommands, and how every one of them ends.

Exit status: 0 done, 1 a defect of ours, 2 bad input, 3 not found or refused with a reason, 4 something needed is
missing, 5 stopped by a budget, an approval or an interrupt.
"""

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import entry_points

import typer

from agent.interfaces.cli import ask, chat, doctor, jobs, library, run, show, tools
from agent.interfaces.cli.output import print_json
from tools.errors import AnsatzError, ExitStatus

_UsageError: type[Exception] = typer.BadParameter.__mro__[2]
"""Base of all of typer's own complaints; typer exports only this subclass of it."""
_INTERRUPTED = 130
_COMMAND_GROUP = "ansatz.commands"
"""Entry points of commands that packages above this one add, ``ansatz eval``; each is a function of the app."""


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """All commands. The options of the tools are generated only where ``ansatz run`` is called."""
    app = typer.Typer(
        name="ansatz",
        help="Ask a physics question; get an answer in which every number was computed, cited or proved.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for command in (ask, chat, tools, show, doctor):
        command.register(app)
    for point in entry_points(group=_COMMAND_GROUP):
        if not arguments or point.name == arguments[0] or arguments[0] in ("--help", "-h"):
            point.load()(app)
    app.add_typer(run.build(with_tools="run" in arguments[:1]), name="run")
    app.add_typer(jobs.build(), name="jobs")
    app.add_typer(library.build(), name="library")
    return app


def run_app(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; errors become one sentence, or one JSON object with ``--json``."""
    as_json = "--json" in arguments
    try:
        status = build_app(arguments)(args=list(arguments), prog_name="ansatz", standalone_mode=False)
        # What is still in the buffer fails here, where it can be told, and not after the last line of the program.
        sys.stdout.flush()
    except _UsageError as error:
        message = error.format_message().replace("Value error, ", "")  # type: ignore[attr-defined]
        if message.startswith("Usage:") and not as_json:  # a group without a command: its help, and no complaint
            print(message, file=sys.stderr)
            return ExitStatus.BAD_INPUT
        return _fail(message, ExitStatus.BAD_INPUT, as_json)
    except AnsatzError as error:
        return _fail(str(error), error.exit_status, as_json)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted; what was done is kept, and the same command goes on", ExitStatus.STOPPED, as_json)
    except (BrokenPipeError, SystemExit):  # rich ends the program when its pipe breaks
        _leave_output()  # its reader is gone; there is nobody to tell
        return ExitStatus.DONE
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _defect(error, as_json)
        _leave_output()
        return _fail("the output could not be written: no space left on the device", ExitStatus.MISSING, as_json)
    except Exception as error:  # the last line of defence: a defect is named as one, with its trace
        return _defect(error, as_json)
    if status == _INTERRUPTED:
        return _fail("interrupted; what was done is kept, and the same command goes on", ExitStatus.STOPPED, as_json)
    return int(status or 0)


def _defect(error: Exception, as_json: bool) -> int:
    traceback.print_exc(file=sys.stderr)
    return _fail(f"a defect of Ansatz: {type(error).__name__}: {error}", ExitStatus.DEFECT, as_json)


def _leave_output() -> None:
    """Send what is still to be written nowhere, so that the program can end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(sentence: str, status: ExitStatus, as_json: bool) -> int:
    if as_json:
        print_json({"error": sentence, "exit_status": int(status)})
    print(f"ansatz: {sentence}", file=sys.stderr)
    return int(status)
