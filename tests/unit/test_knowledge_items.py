"""The question set of the library: its form, its coverage of the book, and paraphrases that name no topic."""

import json
import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "knowledge" / "textbook"
ITEMS = ROOT / "evals" / "items"
LANGUAGES = ("en", "ja")

# Words of section titles that belong to the whole book and so name no single topic.
GENERIC = {
    *("call", "deep", "dimensions", "language", "learned", "learning", "learns", "method", "methods", "model"),
    *("modelling", "models", "network", "networks", "neural", "physics", "that", "three", "what", "wide", "with"),
    *("ネットワーク", "ニューラル", "ニューラルネットワーク", "モデル", "学習", "物理学", "理論", "言語"),
}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def read(name):
    return [json.loads(line) for line in (ITEMS / name).read_text(encoding="utf-8").splitlines()]


def plain(text):
    return unicodedata.normalize("NFKC", text).casefold()


def titles(language):
    """Section titles of one language, by chapter and section number."""
    chapters = tomllib.loads((BOOK / "book.toml").read_text(encoding="utf-8"))["chapter"]
    return {
        (chapter["id"], int(number)): title
        for chapter in chapters
        for number, title in re.findall(
            r"^## §(\d+) (.+)$", (BOOK / language / f"{chapter['id']}.md").read_text(encoding="utf-8"), re.MULTILINE
        )
    }


def english_stems(title):
    """Beginnings of the title's main words; inflected forms share them."""
    for word in re.findall(r"[a-z]{4,}", plain(title)):
        if word not in GENERIC:
            stem = word.removesuffix("s")
            yield stem[:-2] if len(stem) > 7 else stem


def japanese_pieces(title):
    """Runs of katakana, and two or three characters of each run of kanji that is a term."""
    for run in re.findall(r"[ァ-ヶー]{3,}", title):
        if run not in GENERIC:
            yield run.removeprefix("ニューラル") or run
    for run in re.findall(r"[一-龠]{2,}", title):
        if run not in GENERIC:
            width = min(len(run), 3)
            yield from (run[i : i + width] for i in range(len(run) - width + 1))


def named_words(question, key):
    """Main words of the titles of a section, in either language, that a question contains."""
    text = plain(question)
    words = re.findall(r"[a-z]+", text)
    english = {stem for stem in english_stems(titles("en")[key]) if any(word.startswith(stem) for word in words)}
    return english | {piece for piece in japanese_pieces(plain(titles("ja")[key])) if piece in text}


QUESTIONS = read("knowledge.jsonl")
UNANSWERABLE = read("knowledge_unanswerable.jsonl")


def test_every_line_has_the_documented_fields():
    assert all(list(item) == ["id", "language", "question", "style", "gold"] for item in QUESTIONS)
    assert all(list(item) == ["id", "language", "question", "distance"] for item in UNANSWERABLE)
    assert {item["style"] for item in QUESTIONS} == {"direct", "paraphrase"}
    assert {item["distance"] for item in UNANSWERABLE} == {"near", "far"}
    for item in QUESTIONS:
        assert item["gold"] and all(list(place) == ["chapter", "section"] for place in item["gold"]), item["id"]
        assert len({(p["chapter"], p["section"]) for p in item["gold"]}) == len(item["gold"]), item["id"]


@pytest.mark.parametrize(("items", "letter"), [(QUESTIONS, "k"), (UNANSWERABLE, "u")])
def test_ids_are_consecutive(items, letter):
    assert [item["id"] for item in items] == [f"{letter}{i:03d}" for i in range(1, len(items) + 1)]


def test_no_question_is_asked_twice():
    asked = Counter(re.sub(r"\W", "", plain(item["question"])) for item in QUESTIONS + UNANSWERABLE)
    assert [question for question, times in asked.items() if times > 1] == []


def test_the_script_of_a_question_is_that_of_its_language():
    for item in QUESTIONS + UNANSWERABLE:
        assert item["question"] == item["question"].strip() != ""
        assert item["language"] in LANGUAGES
        assert bool(JAPANESE.search(item["question"])) == (item["language"] == "ja"), item["id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_gold_sections_stand_in_the_book(language):
    sections = set(titles(language))
    assert len(sections) > 40
    assert {(p["chapter"], p["section"]) for item in QUESTIONS for p in item["gold"]} <= sections


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", ["direct", "paraphrase"])
def test_every_section_is_asked_about_in_both_languages_and_styles(language, style):
    # The first place of the gold list is the section for which the question was written.
    asked = Counter(
        (item["gold"][0]["chapter"], item["gold"][0]["section"])
        for item in QUESTIONS
        if item["language"] == language and item["style"] == style
    )
    assert [key for key in titles(language) if not asked[key]] == []


def test_paraphrases_do_not_name_their_section():
    named = {}
    for item in QUESTIONS:
        if item["style"] == "paraphrase":
            words = set().union(*(named_words(item["question"], (p["chapter"], p["section"])) for p in item["gold"]))
            if words:
                named[item["id"], item["question"]] = words
    assert named == {}


def test_the_check_on_paraphrases_sees_inflected_and_compound_words():
    assert named_words("Is a convolutional layer local?", ("A3", 2)) == {"convoluti"}
    assert named_words("勾配降下の揺らぎ", ("A2", 3)) == {"勾配降", "配降下"}
    assert named_words("Why do weights shrink?", ("A1", 2)) == set()


def test_the_set_is_large_and_balanced():
    assert len(QUESTIONS) >= 260
    assert 0.45 <= sum(item["style"] == "paraphrase" for item in QUESTIONS) / len(QUESTIONS) <= 0.55
    assert 0.4 <= sum(item["language"] == "ja" for item in QUESTIONS) / len(QUESTIONS) <= 0.6
    unanswerable = Counter((item["distance"], item["language"]) for item in UNANSWERABLE)
    assert unanswerable["near", "en"] == unanswerable["near", "ja"] >= 35
    assert unanswerable["far", "en"] == unanswerable["far", "ja"] >= 25
