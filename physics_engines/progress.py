"""How a long calculation talks to whoever started it, without knowing who that is."""

from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from physics_engines.text import Text


class Progress(BaseModel):
    """One sign of life: how far a run is and what it sees."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fraction: float = Field(ge=0, le=1)
    """Share of the work done."""
    message: Text
    values: dict[str, float] = {}
    """Named current values ("energy": -0.69); for display only, never evidence."""


class Monitor:
    """Where an engine reports progress, asks whether to stop, and keeps its restart file.

    The default instance is silent, never stops and keeps nothing, so a physicist can ignore it.

    Attributes:
        checkpoint: File the engine may write its restart state to and read it from; None keeps none.
    """

    def __init__(
        self,
        checkpoint: Path | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self.checkpoint = checkpoint
        self._on_progress = on_progress
        self._should_stop = should_stop

    def report(self, fraction: float, message: Text, **values: float) -> None:
        """Tell how far the run is."""
        if self._on_progress is not None:
            self._on_progress(Progress(fraction=min(max(fraction, 0.0), 1.0), message=message, values=values))

    def should_stop(self) -> bool:
        """True once the run has been asked to stop: save the restart file and raise ``Interrupted``."""
        return self._should_stop is not None and self._should_stop()
