"""Values as they are written: numbers, lists, ranges and lattice extents, in either language."""

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = (
    r"(?:(?<![A-Za-z0-9)])[-+])?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?(?:\s*\^\s*\(?[-+]?\d+\)?)?(?:/\d+(?:\.\d+)?(?![\dx]))?"
    r"|(?:(?<![A-Za-z0-9)])[-+])?(?:NaN|nan|NAN|inf|Inf|INF|infinity|∞)(?![A-Za-z])"
)
_BEGIN = r"(?<![A-Za-zΑ-ω_^/\d.])"
_UNIT = r"(?:\s*(?:K|J|eV|meV|GPa)(?![A-Za-z0-9_]))?"
_SHAPE = r"\d+(?:x\d+)+(?![.\d])"
_COMMA = r"\s*(?:,\s*and|,\s*or|,|、|;|&|and|or|vs\.?|versus|と|および|及び|または)\s*"
_SHAPES = re.compile(rf"{_BEGIN}({_SHAPE}(?:(?:{_COMMA})(?:an?\s+|the\s+|on\s+|for\s+)*{_SHAPE})*)")
_LIST = re.compile(rf"{_BEGIN}({_NUMBER})((?:{_COMMA}(?:{_NUMBER})(?!x\d))*)")
_ITEM = re.compile(rf"{_COMMA}({_NUMBER})")
_TO = r"\s*(?:\.\.\.?|~|-(?=\d)|から|より|to|through|until|up\s+to|→|->|and)\s*"
_RANGE = re.compile(rf"{_BEGIN}(?P<a>{_NUMBER}){_UNIT}(?P<to>{_TO})(?P<b>{_NUMBER}){_UNIT}(?P<made>\s*まで)?")
_COLONS = re.compile(rf"{_BEGIN}(?P<a>{_NUMBER}):(?P<s>{_NUMBER}):(?P<b>{_NUMBER})")
_LINSPACE = re.compile(rf"linspace\(\s*(?P<a>{_NUMBER})\s*,\s*(?P<b>{_NUMBER})\s*,\s*(?P<n>\d+)\s*\)")
_LEAD = r"\s*(?:の範囲)?(?:で|を|の|,|、|;)?\s*(?:\(|with|using|in|at|an?|the|and|of|\s)*"
_STEP_AFTER = re.compile(
    rf"{_LEAD}(?:step\s*sizes?|steps?|increments?|spacing|intervals?|stride|by|every|Δ[A-Za-z]?|d[A-Z]|刻み幅|刻み|間隔|ステップ幅|ステップ)"
    rf"\s*(?:of|=|:|は|が|\s)*(?P<s>{_NUMBER})\)?"
)
_STEP_BEFORE = re.compile(
    rf"{_LEAD}(?P<s>{_NUMBER})\s*-?\s*(?:刻み|ごと|毎|間隔|おき|ずつ|ステップ|steps?(?![A-Za-z])|increments?|spacing|intervals?)"
)
_POINTS = re.compile(rf"{_LEAD}(?P<n>\d+)\s*(?:(?:equally|evenly)[\s-]spaced\s+)?(?:points?|values?|点|個の(?:値|点))")
_LONGEST = 1000
# "h = 0,5" is one half where commas are decimal and two values elsewhere.
_DECIMAL_COMMA = re.compile(r"[-+]?0,\d+")


@dataclass(frozen=True)
class Group:
    """Values written together.

    Attributes:
        start: Where the group begins.
        end: Where it ends.
        numbers: The numbers, in order; empty for extents and for ranges that cannot be written out.
        shapes: The extents, in order.
        places: Start of each item of a list.
        problem: "no_step" for a range without a step, "bad_step" for a step of zero or away from the end,
            "too_many" for more values than anyone could want, "open" for a comma that may be a decimal one.
        is_range: Whether the numbers come from a range.
    """

    start: int
    end: int
    numbers: tuple[float, ...] = ()
    shapes: tuple[tuple[int, ...], ...] = ()
    places: tuple[int, ...] = ()
    problem: str = ""
    is_range: bool = False

    def head(self) -> "Group":
        """The group without its last item."""
        return Group(self.start, self._end_of_head(), self.numbers[:-1], places=self.places[:-1])

    def last(self) -> "Group":
        """The last item alone."""
        return Group(self.places[-1], self.end, self.numbers[-1:], places=self.places[-1:])

    def _end_of_head(self) -> int:
        return self.places[-1] - 1


def number(text: str) -> float:
    """The value of one number: "2.5", "1e9", "10^9", "1/2", "-inf", "nan"."""
    text = "".join(text.split()).lower().replace("∞", "inf").replace("infinity", "inf")
    if "/" in text:
        upper, lower = text.split("/")
        return number(upper) / float(lower) if float(lower) else float("nan")
    if "^" in text:
        base, exponent = text.replace("(", "").replace(")", "").split("^")
        try:
            return float(float(base) ** int(exponent))
        except (OverflowError, ZeroDivisionError):
            return float("inf")
    return float(text)


def groups(text: str) -> list[Group]:
    """All groups of values in a normalised text, from left to right."""
    found: list[Group] = []
    place = 0
    while place < len(text):
        character = text[place]
        if not (character.isdigit() or character in "-+.niNIl∞"):
            place += 1
            continue
        group = _shapes(text, place) or _range(text, place) or _list(text, place)
        if group is None:
            place += 1
            continue
        found.append(group)
        place = max(group.end, place + 1)
    return found


def _shapes(text: str, place: int) -> Group | None:
    match = _SHAPES.match(text, place)
    if not match:
        return None
    shapes = tuple(tuple(int(part) for part in item.split("x")) for item in re.findall(_SHAPE, match[0]))
    return Group(match.start(), match.end(), shapes=shapes)


def _list(text: str, place: int) -> Group | None:
    match = _LIST.match(text, place)
    if not match or not match[1]:
        return None
    numbers, places = [number(match[1])], [match.start()]
    for item in _ITEM.finditer(match[2]):
        numbers.append(number(item[1]))
        places.append(match.start(2) + item.start(1))
    problem = "open" if _DECIMAL_COMMA.fullmatch(match[0]) else ""
    return Group(match.start(), match.end(), tuple(numbers), places=tuple(places), problem=problem)


def _range(text: str, place: int) -> Group | None:
    if match := _LINSPACE.match(text, place) or _COLONS.match(text, place):
        first, last = number(match["a"]), number(match["b"])
        if "n" in match.groupdict():
            return _spaced(match.start(), match.end(), first, last, int(match["n"]))
        return _stepped(match.start(), match.end(), first, last, number(match["s"]))
    match = _RANGE.match(text, place)
    if not match or (match["to"].strip() == "and" and not re.search(r"between\s*$", text[: match.start()])):
        return None
    first, last = number(match["a"]), number(match["b"])
    if points := _POINTS.match(text, match.end()):
        return _spaced(match.start(), points.end(), first, last, int(points["n"]))
    step = _STEP_AFTER.match(text, match.end()) or _STEP_BEFORE.match(text, match.end())
    if step is None:
        from_to = match["made"] or re.search(r"(?:from|between|range|over)\s*$", text[: match.start()])
        if match["to"].strip() == "から" and not match["made"]:
            return None
        # "8 to 12 sites" is a range, "change 8 to 12" is none.
        counted = re.match(r"\s*-?\s*(?:sites?|spins?|サイト|スピン)", text[match.end() :])
        if match["to"].strip() in ("to", "より") and not from_to and not counted:
            return None
        return Group(match.start(), match.end(), (first, last), problem="no_step", is_range=True)
    size = number(step["s"])
    if re.match(r"\s*steps", text[step.end("s") :]) and size == int(size) > abs(last - first):
        return _spaced(match.start(), step.end(), first, last, int(size))
    return _stepped(match.start(), step.end(), first, last, size)


def _stepped(start: int, end: int, first: float, last: float, step: float) -> Group:
    try:
        a, b, s = (Decimal(str(item)) for item in (first, last, step))
        steps = (b - a) / s
        if not steps.is_finite() or steps < 0:
            return Group(start, end, problem="bad_step", is_range=True)
        count = int(steps + Decimal("1e-9")) + 1
    except ArithmeticError:
        return Group(start, end, problem="bad_step", is_range=True)
    if count > _LONGEST:
        return Group(start, end, problem="too_many", is_range=True)
    return Group(start, end, tuple(float(a + s * index) for index in range(count)), is_range=True)


def _spaced(start: int, end: int, first: float, last: float, count: int) -> Group:
    if count > _LONGEST:
        return Group(start, end, problem="too_many", is_range=True)
    if count < 2:
        return Group(start, end, problem="bad_step", is_range=True)
    step = (Decimal(str(last)) - Decimal(str(first))) / (count - 1)
    numbers = tuple(round(float(Decimal(str(first)) + step * index), 12) for index in range(count))
    return Group(start, end, numbers, is_range=True)
