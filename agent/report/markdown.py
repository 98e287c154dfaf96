"""An answer as Markdown: what ``answer.md`` in a run folder holds."""

from agent.answer import Answer
from agent.report.evidence_rows import evidence_rows


def as_markdown(answer: Answer) -> str:
    """The whole answer: question, prose, evidence table, figures, commands that repeat it, tier."""
    blocks = [f"# {' '.join(answer.question.split())}", answer.answer]
    rows = evidence_rows(answer.evidence)
    if rows:
        lines = ["| id | kind | evidence | from |", "|---|---|---|---|"]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
        blocks += ["## Evidence", "\n".join(lines)]
    blocks += [f"![figure]({path})" for path in answer.figures]
    if answer.repeat:
        blocks += ["## Repeat", "```\n" + "\n".join(answer.repeat) + "\n```"]
    blocks += [f"*{note}*" for note in answer.notes]
    blocks.append(f"Tier: {answer.tier}")
    return "\n\n".join(blocks) + "\n"
