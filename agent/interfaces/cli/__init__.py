"""The command line. Commands are imported one by one, so that ``ansatz --help`` starts at once."""

import gc
import os
import sys


def main() -> None:
    """Entry point of ``ansatz``."""
    # Pydantic looks through every installed package for plugins before the first model; we use none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # What is imported is there to stay: the default thresholds search it for garbage again and again meanwhile.
    gc.set_threshold(50_000, 20, 20)
    from agent.interfaces.cli.app import run_app

    sys.exit(run_app(sys.argv[1:]))
