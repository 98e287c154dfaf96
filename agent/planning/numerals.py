"""Numbers written as words: "sixteen sites", "a million", 「四×四」, 「10億サイト」."""

import re

from agent.planning.phrases import phrases

_SMALL = phrases(
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen"
)
_TENS = phrases("twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety")
_WORDS = {word: value for value, word in enumerate(_SMALL)}
_WORDS |= {word: 10 * (place + 2) for place, word in enumerate(_TENS)} | {"dozen": 12}
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ONE = "|".join(sorted(_WORDS, key=len, reverse=True))
_SCALE = "|".join(_SCALES)
_SCALED = re.compile(rf"(?<![\w.])(a|an|\d+(?:\.\d+)?|{_ONE})[\s-]+({_SCALE}|dozen)s?(?![A-Za-z])", re.I)
_TWO_WORDS = re.compile(rf"(?<![A-Za-z])({'|'.join(_TENS)})[\s-]({'|'.join(_SMALL[1:10])})(?![A-Za-z])", re.I)
_WORD = re.compile(rf"(?<![A-Za-z])({_ONE})(?![A-Za-z])", re.I)
# "one" is a pronoun more often than a number, unless what follows says otherwise.
_PRONOUN = re.compile(r"\s*(?:-?\s*dimension|-?\s*site|-?\s*spin|by\b|x\b|×|million|hundred)", re.I)

_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}
_RUN = "〇零一二三四五六七八九十百千"
_COUNTER = (
    r"サイト|個|次元|[x×*]|かける|掛ける|スピン|粒子|格子点|本の?鎖|点|回|ステップ|反復|サンプル|刻み|番|万|億|兆"
)
_KANJI = re.compile(rf"([{_RUN}]+)(?=\s*(?:{_COUNTER}))|(?<=[x×*=辺])\s*([{_RUN}]+)|(?<=掛ける)([{_RUN}]+)")
_MYRIAD = re.compile(r"(\d+(?:\.\d+)?)\s*([万億兆])")
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?:,\d{3})+)(?![\d,])")


def _kanji_value(run: str) -> int:
    if not any(place in run for place in _PLACES):
        return int("".join(str(_DIGITS[digit]) for digit in run))
    total, digit = 0, 1
    pending = False
    for character in run:
        if character in _PLACES:
            total += (digit if pending else 1) * _PLACES[character]
            pending = False
        else:
            digit, pending = _DIGITS[character], True
    return total + (digit if pending else 0)


def _scaled(match: re.Match[str]) -> str:
    head, scale = match[1].lower(), match[2].lower()
    factor = float(head) if head[0].isdigit() else float(_WORDS.get(head, 1))
    return f"{factor * _SCALES.get(scale, 12):.0f}"


def _thousands(match: re.Match[str]) -> str:
    groups = match[2][1:].split(",")
    # "N=100,200" is a list; "4,096" and "1,000,000" are numbers.
    assigned = match.string[: match.start()].rstrip().endswith(("=", "は", ":"))
    if assigned and not all(group.startswith("0") for group in groups):
        return match[0]
    return match[1] + "".join(groups)


def digits(text: str) -> str:
    """Write the number words and kanji numerals of a text in digits, where they are counts."""
    text = _KANJI.sub(lambda match: str(_kanji_value(match[0].strip())), text)
    if "万" in text or "億" in text or "兆" in text:
        text = _MYRIAD.sub(lambda match: f"{float(match[1]) * _MYRIADS[match[2]]:.0f}", text)
    if "," in text:
        text = _THOUSANDS.sub(_thousands, text)
    text = _TWO_WORDS.sub(lambda match: str(_WORDS[match[1].lower()] + _WORDS[match[2].lower()]), text)
    for _ in range(2):  # "two hundred thousand"
        text = _SCALED.sub(_scaled, text)
    return _WORD.sub(_word, text)


def _word(match: re.Match[str]) -> str:
    word = match[1].lower()
    if word == "one" and not _PRONOUN.match(match.string, match.end()):
        return match[0]
    return str(_WORDS[word])
