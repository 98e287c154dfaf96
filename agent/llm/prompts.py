"""The prompts: files in ``agent/prompts``, filled by name."""

from importlib.resources import files
from string import Template


def prompt(name: str, **values: str) -> str:
    """The text of ``agent/prompts/NAME.md`` with each ``$value`` filled in.

    Values are put in as they are: a ``$`` in them is not looked at again.

    Raises:
        KeyError: A value the prompt asks for is not given.
    """
    text = files("agent").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8")
    return Template(text).substitute(values).strip()
