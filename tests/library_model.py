"""A scripted model for questions to the library: it answers each prompt by what the prompt asks for."""

import json
import re

from tests.loopback import Call, Say

FENCED = re.compile(r"<<<(?P<kind>\w+) (?P<mark>\w+)\n(?P<text>.*?)\n(?P=mark) (?P=kind)>>>", re.S)


def what_is_asked(body):
    """ "plan", "translate", "judge", "write" or "repair", and the fenced text."""
    system, last = body["messages"][0]["content"], body["messages"][-1]["content"]
    fenced = [match["text"] for message in body["messages"] for match in FENCED.finditer(message["content"])]
    for start, kind in (
        ("You plan", "plan"),
        ("You translate", "translate"),
        ("You judge", "judge"),
        ("You write", "write"),
    ):
        if system.startswith(start):
            repairing = kind == "write" and any(m["role"] == "assistant" for m in body["messages"])
            return "repair" if repairing else kind, fenced[-1] if fenced else last, last
    raise AssertionError(system)


def judge_honestly(question, passage):
    """Words in common, and a summary made of the passage's first words."""
    words = set(re.findall(r"[a-z]{4,}|[\u3400-\u9fff]{2}|[ァ-ヺー]{3,}", question.lower()))
    body = passage.partition("\n\n")[2]
    found = sum(word in passage.lower() for word in words) / max(len(words), 1)
    return {"summary": body[:120], "score": round(10 * found**2, 1)}


def script(translate="", judge=judge_honestly, write="", plan=None, repair=None):
    """A script for tests/loopback.py; each part is text, a value, or a function of the fenced text."""

    def reply(body):
        kind, text, last = what_is_asked(body)
        if kind == "plan":
            return plan if plan is not None else Call(("library__search", {"query": "whatever the model likes"}))
        if kind == "translate":
            said = translate(text) if callable(translate) else translate
            return said if not isinstance(said, str) else Say(json.dumps({"translation": said}, ensure_ascii=False))
        if kind == "judge":
            question = last.partition("\n")[0].removeprefix("Question: ")
            said = judge(question, text) if callable(judge) else judge
            return said if not isinstance(said, dict) else Say(json.dumps(said, ensure_ascii=False))
        said = repair if kind == "repair" and repair is not None else write
        return Say(said(text) if callable(said) else said)

    return reply
