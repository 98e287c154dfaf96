"""Find the numbers in a text, however they are written."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_MINUS = str.maketrans(dict.fromkeys("−‐‑‒–﹣－", "-"))
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")

_POWER = r"(?:\s*(?:[×x*·]|\\times|\\cdot)\s*10\s*\^?\s*\{?\s*(?P<power>[-+]?\d+)\s*\}?|[eE](?P<exponent>[-+]?\d+))?"
_DIGITS = re.compile(
    r"(?P<sign>(?<![\w.)\]])[-+]\s*|(?<=[\s(=≈~<>])[-+]\s*)?"
    r"(?P<mantissa>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\s?[.·٫]\s?\d+)?|\.\d+)"
    r"(?:\((?P<bar>\d+(?:\.\d+)?)\))?" + _POWER
)
_FRACTION = re.compile(
    r"(?P<sign>[-+]\s*)?(?:\\[dt]?frac\s*(?:\{\s*(?P<a>\d+)\s*\}|(?P<e>\d))\s*(?:\{\s*(?P<b>\d+)\s*\}|(?P<f>\d))|(?P<c>\d+)\s*[/⁄]\s*(?P<d>\d+))"
)
_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_IN_WORDS = re.compile(
    rf"\b(?:(?:minus|negative)\s+)?(?:{_WORD}\s+)?point\s+{_WORD}(?:[\s-]+{_WORD})*\b"
    r"|\b(?:(?:minus|negative)\s+)?(?:one|two|three|four|five|seven|nine)[\s-]+"
    r"(?:quarters?|fourths?|halves|thirds?|fifths?|sixths?|eighths?|tenths?|hundredths?)\b"
    r"|\b(?:minus|negative)\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|half|a\s+half)\b"
    r"|\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[\s-]+(?:one|two|three|four|five|six|seven|eight|nine))?"
    r"(?=\s*(?:percent|per\s+cent|hundredths?|J\b))"
    r"|\b(?:(?:a|one|two|three|four|five|six|seven|eight|nine)\s+hundred(?:\s+(?:and\s+)?[a-z-]+)*?|[a-z]+teen|[a-z]+ty[\s-][a-z]+)"
    r"\s+(?:hundredths|thousandths|percent|per\s+cent)\b"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a\s+dozen|half\s+a|[IVXLC]+)\s+(?:percent\b|per\s+cent\b|%)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|a\s+hundred)\s+times\s+(?:lower|higher|larger|smaller|better|more|less)\b"
    r"|\bexactly\s+zero\b|\b(?:minus|negative)\s+[IVX]+(?:\s*/\s*[IVX]+)?\b",
    re.IGNORECASE,
)
_KANJI = "〇零一二三四五六七八九"
_IN_KANJI = re.compile(
    rf"(?:マイナス|負の)?[{_KANJI}\d]+\s*[点・．]\s*[{_KANJI}]+|マイナス\s*[{_KANJI}十百]+|[{_KANJI}十]+分の[{_KANJI}十]+"
    rf"|[{_KANJI}十百]+(?=\s*(?:パーセント|％|%|倍))|[{_KANJI}]+割(?:[{_KANJI}]+分)?"
)


@dataclass(frozen=True)
class Number:
    """A number in a text.

    Attributes:
        start, end: Its characters in the text.
        value: What it says; None when it stands in words and counts as a claim all the same.
        resolution: Half a unit of the last digit written.
        significant: Number of significant digits written.
        error: The error bar in parentheses, 0.00009 of -0.70174(9).
    """

    start: int
    end: int
    value: float | None
    resolution: float = 0.0
    significant: int = 0
    error: float | None = None


def plain(text: str) -> str:
    """The text with one kind of minus, digit, fraction and superscript, and without invisible characters."""
    text = text.translate(_ZERO_WIDTH).translate(_MINUS)
    text = re.sub(r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda match: "^" + match.group().translate(_SUPERSCRIPT), text)
    text = "".join(unicodedata.normalize("NFKC", char) if _is_numeral(char) else char for char in text)
    return re.sub(
        r"(?<=\d)[．，（／](?=\d)|(?<=\d)）", lambda match: unicodedata.normalize("NFKC", match.group()), text
    )


def find_numbers(text: str) -> list[Number]:
    """All numbers of a text made ``plain``, in order and without overlap."""
    found: list[Number] = []
    taken = [False] * len(text)
    for number in [*_fractions(text), *_words(text), *_decimals(text)]:
        if not any(taken[number.start : number.end]):
            taken[number.start : number.end] = [True] * (number.end - number.start)
            found.append(number)
    return sorted(found, key=lambda number: number.start)


def _is_numeral(char: str) -> bool:
    return unicodedata.category(char) in ("Nd", "No")


def _fractions(text: str) -> Iterator[Number]:
    for match in _FRACTION.finditer(text):
        top, bottom = match["a"] or match["e"] or match["c"], match["b"] or match["f"] or match["d"]
        if int(bottom) == 0:
            continue
        value = int(top) / int(bottom) * (-1 if (match["sign"] or "").startswith("-") else 1)
        yield Number(match.start(), match.end(), value, resolution=1e-12, significant=15)


def _words(text: str) -> Iterator[Number]:
    for pattern in (_IN_WORDS, _IN_KANJI):
        for match in pattern.finditer(text):
            yield Number(match.start(), match.end(), None)


def _decimals(text: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(text):
        mantissa = re.sub(r"[,\s]", "", match["mantissa"]).replace("·", ".").replace("٫", ".")
        power = int(match["power"] or match["exponent"] or 0)
        if abs(power) > 300:
            yield Number(match.start(), match.end(), None)
            continue
        scale = 10.0**power
        decimals = len(mantissa.partition(".")[2])
        sign = -1.0 if (match["sign"] or "").startswith("-") else 1.0
        yield Number(
            match.start(),
            match.end(),
            sign * float(mantissa) * scale,
            resolution=0.5 * 10.0**-decimals * scale,
            significant=len(mantissa.replace(".", "").lstrip("0")),
            error=_error(match["bar"], decimals) * scale if match["bar"] else None,
        )


def _error(bar: str, decimals: int) -> float:
    """Error bar in parentheses: in units of the last digit, or as it stands where it has a decimal point."""
    return float(bar) if "." in bar else int(bar) * 10.0**-decimals
