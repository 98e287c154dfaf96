"""The model as a writer: prose around marks of evidence, and one repair."""

from collections.abc import Sequence

from agent.llm.base import ChatModel, Message, OnToken, Reply
from agent.llm.budget import Budget
from agent.llm.fence import fenced
from agent.llm.prompts import prompt
from physics_engines.text import Language

_LANGUAGE_NAMES = {"en": "English", "ja": "Japanese"}


async def write_answer(
    model: ChatModel,
    question: str,
    language: Language,
    evidence_table: str,
    on_token: OnToken | None = None,
    *,
    budget: Budget | None = None,
) -> Reply:
    """Let the model write an answer that refers to evidence as ``[E1]``.

    Args:
        model: The writer.
        question: The question in the words of the user.
        language: Language of the answer.
        evidence_table: The ledger as text, one entry a line, each beginning with its mark.
        on_token: Receives the text while it is written.
        budget: What the question may still take; without it only this call's own limits hold.

    Raises:
        ModelError: The model cannot be asked.
        BudgetSpent: Nothing is left of the budget.
    """
    return await (budget or Budget()).ask(model, _conversation(question, language, evidence_table), on_token=on_token)


async def repair(
    model: ChatModel,
    question: str,
    language: Language,
    evidence_table: str,
    draft: str,
    problems: Sequence[str],
    on_token: OnToken | None = None,
    *,
    budget: Budget | None = None,
) -> Reply:
    """Let the model write the answer again, told what was wrong with its draft.

    Args:
        model: The writer.
        question: The question in the words of the user.
        language: Language of the answer.
        evidence_table: The same table the draft was written from.
        draft: The draft that did not pass.
        problems: One sentence for each fault.
        on_token: Receives the text while it is written.
        budget: What the question may still take.

    Raises:
        ModelError: The model cannot be asked.
        BudgetSpent: Nothing is left of the budget.
    """
    messages = [
        *_conversation(question, language, evidence_table),
        Message("assistant", draft),
        # The faults quote the draft, and with it what a passage may have put into it.
        Message("user", prompt("repair_answer", problems=fenced(_listed(problems), "faults"))),
    ]
    return await (budget or Budget()).ask(model, messages, on_token=on_token)


def _listed(problems: Sequence[str]) -> str:
    return "\n".join(f"- {problem}" for problem in problems)


def _conversation(question: str, language: Language, evidence_table: str) -> list[Message]:
    # Evidence is not marked as data that may be left out: an answer from half of it would be wrong.
    return [
        Message("system", prompt("writer", language_name=_LANGUAGE_NAMES[language])),
        Message("user", f"Evidence:\n{fenced(evidence_table, 'evidence')}"),
        Message("user", question),
    ]
