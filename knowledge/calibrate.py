"""Write ``calibration.json`` for the built-in book: ``python -m knowledge.calibrate``, after every change of its text.

A library whose text differs from the file fits its own calibration at the first question, which takes about a second.
"""

import json
import tempfile
from pathlib import Path

from knowledge.files import write_atomically
from knowledge.library import Library


def main() -> None:
    """Fit the refusal to the labelled questions, write the file, and print the curve."""
    with tempfile.TemporaryDirectory() as home:
        calibration = Library.open(Path(home)).calibrate()
    text = json.dumps(calibration.to_json(), indent=1) + "\n"
    write_atomically(Path(__file__).with_name("calibration.json"), lambda file: file.write(text.encode()))
    print("threshold  answered  refused near  refused far")
    for point in calibration.curve:
        mark = "  <- chosen" if point.threshold == calibration.threshold else ""
        shares = f"{point.answered:8.3f}  {point.refused_near:12.3f}  {point.refused_far:11.3f}"
        print(f"{point.threshold:9.4f}  {shares}{mark}")


if __name__ == "__main__":
    main()
