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

    def part(self, start: float, stop: float, *, name: str = "", label: Text | None = None) -> "Monitor":
        """A monitor for a calculation that is one stretch of this run.

        Args:
            start: Share of this run that is done when the part begins.
            stop: Share that is done when it ends.
            name: Gives the part a restart file of its own beside that of this run; empty for the same file.
            label: Put before the messages of the part.
        """

        def pass_on(progress: Progress) -> None:
            said = progress.message
            if label is not None:
                said = Text(en=f"{label.en}: {said.en}", ja=f"{label.ja}: {said.ja}")
            self.report(start + (stop - start) * progress.fraction, said, **progress.values)

        file = self.checkpoint
        if file is not None and name:
            file = file.with_name(f"{file.stem}-{name}{file.suffix}")
        return Monitor(file, pass_on, self.should_stop)

    def should_stop(self) -> bool:
        """True once the run has been asked to stop: save the restart file and raise ``Interrupted``."""
        return self._should_stop is not None and self._should_stop()
