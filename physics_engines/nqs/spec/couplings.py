"""A Hamiltonian given as a table of two-site couplings."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

Coupling = tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)], float, float]
"""Sites i < j, J_xy and J_z of the term J_xy (S^x S^x + S^y S^y) + J_z S^z S^z."""

MAX_COUPLINGS = 20_000


def _rows(value: object) -> object:
    """The rows of a text: one coupling per line or semicolon, its numbers apart by commas or blanks."""
    if not isinstance(value, str):
        return value
    lines = [re.split(r"[,\s]+", line.strip(" ,\t")) for line in re.split(r"[;\n]", value) if line.strip()]
    if lines and not re.fullmatch(r"[-+]?\d.*", lines[0][0]):
        lines = lines[1:]  # the header of a table
    return lines


def _parse_couplings(value: object) -> object:
    """Rows [i, j, J] or [i, j, J_xy, J_z] in any order, or a text of such rows; sorted, smaller site first."""
    rows = _rows(value)
    if not isinstance(rows, list | tuple):
        return value
    parsed = []
    for row in rows:
        if not isinstance(row, list | tuple) or len(row) not in (3, 4):
            raise ValueError(f"a coupling is [i, j, J] or [i, j, Jxy, Jz], not {row!r}")
        try:
            i, j = int(row[0]), int(row[1])
            strengths = [float(item) for item in row[2:]]
            if (i, j) != (float(row[0]), float(row[1])):
                raise ValueError
        except (TypeError, ValueError) as error:
            raise ValueError(f"a coupling is two whole site numbers and one or two strengths, not {row!r}") from error
        parsed.append((min(i, j), max(i, j), strengths[0], strengths[-1]))
    return tuple(sorted(parsed))


def sites_of(table: object) -> int:
    """How many sites the rows of a table name, from 0 on; 0 where it is none."""
    try:
        rows = _parse_couplings(table)
    except ValueError:
        return 0
    return 1 + max((row[1] for row in rows), default=-1) if isinstance(rows, tuple) else 0


Couplings = Annotated[tuple[Coupling, ...], BeforeValidator(_parse_couplings), Field(max_length=MAX_COUPLINGS)]


def describe_flaw(couplings: tuple[Coupling, ...], n_sites: int) -> str | None:
    """What is wrong with a table on so many sites, in one clause; None when it is sound."""
    if not couplings:
        return "the couplings model needs a table of couplings: rows [i, j, J] or [i, j, Jxy, Jz], sites from 0"
    seen: set[tuple[int, int]] = set()
    for i, j, *_ in couplings:
        if i == j:
            return f"a coupling joins two different sites, not site {i} with itself"
        if j >= n_sites:
            return f"a coupling names site {j}, but the {n_sites} sites are numbered 0 to {n_sites - 1}"
        if (i, j) in seen:
            return f"the pair ({i}, {j}) occurs twice in the couplings; give their sum once"
        seen.add((i, j))
    return None
