"""Errors a person sees, each with the exit status a command ends with."""

from enum import IntEnum
from typing import ClassVar


class ExitStatus(IntEnum):
    """Exit status of every command."""

    DONE = 0
    DEFECT = 1
    BAD_INPUT = 2
    REFUSED = 3
    MISSING = 4
    STOPPED = 5


class AnsatzError(Exception):
    """Base of all expected errors; the text is one clear sentence: what was wrong, where, what to do."""

    exit_status: ClassVar[ExitStatus] = ExitStatus.DEFECT


class BadInput(AnsatzError):
    """What was asked is malformed, out of bounds or has no meaning."""

    exit_status = ExitStatus.BAD_INPUT


class Refused(AnsatzError):
    """Not found in the library, or refused with a reason."""

    exit_status = ExitStatus.REFUSED


class Missing(AnsatzError):
    """Something that is needed is not here: a model, a device, Lean, a writable folder."""

    exit_status = ExitStatus.MISSING


class Stopped(AnsatzError):
    """Stopped by a budget, an approval or an interrupt; what was done is kept and can be resumed."""

    exit_status = ExitStatus.STOPPED
