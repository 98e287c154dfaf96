"""What a person sees on standard error while an answer is made."""

import sys
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from agent.session import Approver, Decision, Event, PendingCall


class ProgressView:
    """Live lines: one for each running tool, then the text as it is written; gone when the answer is printed."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._lines: dict[str, str] = {}
        self._text = ""
        self._live = Live(console=console, transient=True, refresh_per_second=8, auto_refresh=True)
        self._on = console.is_terminal and not quiet

    def __enter__(self) -> "ProgressView":
        if self._on:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._on:
            self._live.stop()

    def show(self, event: Event) -> None:
        """Take one event of the graph."""
        if event["kind"] == "started":
            self._lines[event["tool"]] = f"{event['tool']}  {event['reason']}"
        elif event["kind"] == "progress":
            values = "  ".join(f"{name} {value:.6g}" for name, value in event["values"].items())
            self._lines[event["tool"]] = (
                f"{event['tool']}  {event['fraction']:4.0%}  {event['message']['en']}  {values}"
            )
        elif event["kind"] == "text":
            self._text += event["text"]
        if self._on:
            self._live.update(Group(*(Text(line) for line in self._lines.values()), Text(self._text)))

    def paused(self, approver: Approver) -> Approver:
        """The approver, with the live lines out of its way."""

        def ask(pending: Sequence[PendingCall]) -> Sequence[Decision] | None:
            if self._on:
                self._live.stop()
            try:
                return approver(pending)
            finally:
                if self._on and sys.exc_info()[0] is None:
                    self._live.start()

        return ask
