"""Why a call did not end with a result, in a form that fits a file, a table row and an exception."""

import errno

from pydantic import BaseModel, ConfigDict

from tools.errors import AnsatzError, BadInput, ExitStatus, Missing, Refused, Stopped

_CANNOT_WRITE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.ENOTDIR,
    errno.EIO,
}
_CLASS_OF_STATUS: dict[ExitStatus, type[AnsatzError]] = {
    ExitStatus.BAD_INPUT: BadInput,
    ExitStatus.REFUSED: Refused,
    ExitStatus.MISSING: Missing,
    ExitStatus.STOPPED: Stopped,
}


class JobFailed(AnsatzError):
    """A worker met a defect; its traceback is in the log of the job."""


class WorkerLost(Stopped):
    """A worker vanished without a word: killed by hand, by the system, or with its machine."""


class Failure(BaseModel):
    """The class of an error, its sentence, and the exit status it means; the content of ``error.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    error: str
    sentence: str
    exit_status: ExitStatus

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """Describe an exception; one that is not expected counts as a defect."""
        if isinstance(error, AnsatzError):
            return cls(error=type(error).__name__, sentence=str(error), exit_status=error.exit_status)
        if isinstance(error, KeyboardInterrupt):
            return cls(error="Stopped", sentence="stopped at once by the user", exit_status=ExitStatus.STOPPED)
        text = " ".join(str(error).split())
        sentence = f"a defect of the program: {type(error).__name__}: {text}"
        return cls(error=type(error).__name__, sentence=sentence, exit_status=ExitStatus.DEFECT)

    def exception(self) -> AnsatzError:
        """The exception that says the same."""
        if self.error == WorkerLost.__name__:
            return WorkerLost(self.sentence)
        return _CLASS_OF_STATUS.get(self.exit_status, JobFailed)(self.sentence)


def expected_error(error: BaseException, place: object) -> AnsatzError | None:
    """One clear sentence for what the machine refuses (disk, permissions, memory); None for anything else.

    Args:
        error: What was raised.
        place: The folder or file that was being written.
    """
    if isinstance(error, OSError) and error.errno in _CANNOT_WRITE:
        return Missing(f"cannot read or write {error.filename or place}: {error.strerror}")
    if isinstance(error, MemoryError):
        return Missing("the calculation needs more memory than this machine has free")
    return None
