"""What an engine raises when it cannot do what it was asked."""


class EngineError(Exception):
    """Base of every error an engine raises on purpose; its text is one sentence for the user."""


class InvalidInput(EngineError, ValueError):
    """The request has no meaning or no solution: an odd chain in the S^z = 0 sector, say."""


class ResourceLimit(InvalidInput):
    """The request has a meaning, but does not fit this machine; the text names the bound."""


class Interrupted(EngineError):
    """The run was asked to stop and left a restart file behind."""
