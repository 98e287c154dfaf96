"""Durable jobs: a calculation outlives whoever started it."""

from tools.jobs.calls import run_call
from tools.jobs.control import cancel, follow, get_job, interrupt, list_jobs, submit, wait
from tools.jobs.environment import Environment, describe_environment
from tools.jobs.events import Event
from tools.jobs.failures import Failure, JobFailed, WorkerLost
from tools.jobs.folder import CallFolder, read_call
from tools.jobs.identity import code_version
from tools.jobs.store import Job

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
