"""Write ``calibration.json`` for the built-in book: ``python -m knowledge.calibrate``, after every change of its text.

A library whose text differs from the file fits its own calibration at the first question, about half a minute.
"""

import json
import tempfile
from pathlib import Path

from knowledge.files import write_atomically
from knowledge.library import Library
from knowledge.retrieve.refusal import table


def main() -> None:
    """Fit the refusal to the labelled questions, write the file, and print the curve."""
    with tempfile.TemporaryDirectory() as home:
        calibration = Library.open(Path(home)).calibrate()
    text = json.dumps(calibration.to_json(), indent=1) + "\n"
    write_atomically(Path(__file__).with_name("calibration.json"), lambda file: file.write(text.encode()))
    print(table(calibration))


if __name__ == "__main__":
    main()
