"""An answer as Markdown: what ``answer.md`` in a run folder holds."""

from agent.answer import Answer
from agent.report.evidence_rows import evidence_rows
from agent.report.tier import tier_in_words

_WORDS = {
    "en": ("id", "kind", "evidence", "from", "Evidence", "Repeat", "Tier"),
    "ja": ("番号", "種類", "根拠", "出所", "根拠", "再実行", "層"),
}


def as_markdown(answer: Answer) -> str:
    """The whole answer: question, prose, evidence table, figures, commands that repeat it, tier."""
    blocks = [f"# {' '.join(answer.question.split())}", answer.answer]
    rows = evidence_rows(answer.evidence, answer.language)
    words = _WORDS[answer.language]
    if rows:
        lines = [f"| {' | '.join(words[:4])} |", "|---|---|---|---|"]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
        blocks += [f"## {words[4]}", "\n".join(lines)]
    blocks += [f"![figure]({path})" for path in answer.figures]
    if answer.repeat:
        blocks += [f"## {words[5]}", "```\n" + "\n".join(answer.repeat) + "\n```"]
    blocks += [f"*{note}*" for note in answer.notes]
    blocks.append(f"{words[6]}: {tier_in_words(answer)}")
    return "\n\n".join(blocks) + "\n"
