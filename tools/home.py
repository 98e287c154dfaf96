"""Where Ansatz keeps its runs, jobs and library when nobody says otherwise."""

import os
from pathlib import Path


def default_home() -> Path:
    """``ANSATZ_HOME``, else the data folder the platform gives to an application."""
    named = os.environ.get("ANSATZ_HOME")
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("ansatz", appauthor=False)
