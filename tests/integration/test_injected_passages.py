"""Text in a document is data: a passage that gives orders is quoted at most, and never causes a call."""

import json
from pathlib import Path

import pytest

from agent.session import open_session
from agent.settings import load_settings
from knowledge import Extract, Library

ITEMS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "fixtures" / "injected_passages.jsonl").read_text("utf-8").splitlines()
]


def test_there_are_enough_of_them_in_both_languages():
    assert len(ITEMS) >= 20 and {item["language"] for item in ITEMS} == {"en", "ja"}


@pytest.mark.parametrize("item", ITEMS, ids=[item["id"] for item in ITEMS])
async def test_rules_call_nothing_a_passage_asks_for(item, tmp_path):
    settings = load_settings()
    path = tmp_path / f"{item['id']}.md"
    path.write_text(f"# Note {item['id']}\n\n{item['text']}\n", encoding="utf-8")
    library = Library.open(settings.home)
    library.add([path])
    # The passage is what the question finds, so the order does reach the answer's material.
    found = library.answer(item["question"])
    assert isinstance(found, Extract) and found.citations[0].text in item["text"]
    before = library.documents()
    async with open_session(settings) as session:
        answer = await session.ask(item["question"])
    assert answer.tier == "rules"
    assert {entry.kind for entry in answer.evidence} <= {"cited"}
    assert Library.open(settings.home).documents() == before
    jobs = settings.home / "jobs"
    assert not jobs.exists() or not [entry for entry in jobs.iterdir() if entry.is_dir()]
