"""The command line. Commands are imported one by one, so that ``ansatz --help`` starts at once."""

import sys


def main() -> None:
    """Entry point of ``ansatz``."""
    from agent.interfaces.cli.app import run_app

    sys.exit(run_app(sys.argv[1:]))
