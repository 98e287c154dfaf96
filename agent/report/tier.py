"""The line of an answer that says who gave it."""

from agent.answer import Answer
from agent.report.phrases import BRACKETED, SILENT_MODEL


def tier_in_words(answer: Answer, otherwise: str = "") -> str:
    """The tier, and where the configured model gave no usable answer, that it did not.

    Args:
        answer: The answer.
        otherwise: What is said behind the tier where no model failed.
    """
    why = otherwise
    if answer.silent_model:
        why = SILENT_MODEL.in_language(answer.language).format(model=answer.silent_model)
    return BRACKETED.in_language(answer.language).format(tier=answer.tier, why=why) if why else answer.tier
