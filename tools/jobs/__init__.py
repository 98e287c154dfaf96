"""Durable jobs: a calculation outlives whoever started it."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.jobs.calls import run_call
    from tools.jobs.control import cancel, follow, get_job, interrupt, list_jobs, submit, wait
    from tools.jobs.environment import Environment, describe_environment
    from tools.jobs.events import Event
    from tools.jobs.failures import Failure, JobFailed, WorkerLost
    from tools.jobs.folder import CallFolder, read_call
    from tools.jobs.identity import code_version
    from tools.jobs.store import Job

# Imported on first use: a worker needs none of what an asker needs (asyncio alone costs a worker 0.1 s).
_HOME_OF = {
    **dict.fromkeys(("run_call",), "calls"),
    **dict.fromkeys(("cancel", "follow", "get_job", "interrupt", "list_jobs", "submit", "wait"), "control"),
    **dict.fromkeys(("Environment", "describe_environment"), "environment"),
    **dict.fromkeys(("Event",), "events"),
    **dict.fromkeys(("Failure", "JobFailed", "WorkerLost"), "failures"),
    **dict.fromkeys(("CallFolder", "read_call"), "folder"),
    **dict.fromkeys(("code_version",), "identity"),
    **dict.fromkeys(("Job",), "store"),
}

__all__ = [
    "CallFolder",
    "Environment",
    "Event",
    "Failure",
    "Job",
    "JobFailed",
    "WorkerLost",
    "cancel",
    "code_version",
    "describe_environment",
    "follow",
    "get_job",
    "interrupt",
    "list_jobs",
    "read_call",
    "run_call",
    "submit",
    "wait",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
