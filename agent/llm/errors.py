"""Everything that can go wrong with a language model, one class and one sentence each."""

from tools.errors import AnsatzError, ExitStatus, Stopped


class ModelError(AnsatzError):
    """A model could not be asked or gave nothing usable; a lower tier can still answer."""

    exit_status = ExitStatus.MISSING


class RequestForbidden(ModelError):
    """Requests to model servers outside this machine are switched off in this process."""


class Unauthorized(ModelError):
    """The server refuses the key."""


class ModelNotFound(ModelError):
    """The server has no such model, or it is not clear which to take."""


class RateLimited(ModelError):
    """The server asks to wait longer than allowed, or the quota is spent.

    Attributes:
        retry_after: Seconds the server asks to wait; None where it does not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ServerFault(ModelError):
    """The server failed; the same request may work later."""


class RequestRefused(ModelError):
    """The server refuses this request, for a reason of its own; repeating it would not help."""


class Unreachable(ModelError):
    """No connection to the server."""


class StalledStream(ModelError):
    """No byte came from the model for longer than allowed."""


class TruncatedStream(ModelError):
    """The reply broke off before its end."""


class MalformedReply(ModelError):
    """The server sent something that is not the wire format."""


class MalformedArguments(ModelError):
    """The arguments of a tool call are not a JSON object."""


class EmptyReply(ModelError):
    """The model said nothing at all."""


class ContextOverflow(ModelError):
    """The conversation does not fit the context of the model, even after leaving out data."""


class ContentFiltered(ModelError):
    """The server's content filter stopped the reply."""

    exit_status = ExitStatus.REFUSED


class ToolsUnsupported(ModelError):
    """The model has no native tool calls."""


class SchemaUnsupported(ModelError):
    """The model cannot be held to this JSON schema."""


class LocalModelError(ModelError):
    """The folder does not hold a model that can be loaded, or it does not fit this machine."""


class BudgetSpent(Stopped):
    """The limit of model calls, tokens or time for one question is reached."""
