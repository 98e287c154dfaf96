"""What the graph costs beside the work of its nodes: wall time of a question minus time inside the nodes, per node.

A textbook question without a model; the checkpoints go to SQLite with durability "sync", as in every session.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from evals.benchmarks.timing import print_timings

_QUESTION = "What is a restricted Boltzmann machine?"
_NODES = ("understand", "plan", "approve", "act", "write", "verify", "conclude")


def main(runs: Annotated[int, typer.Option(min=1, help="Questions asked.")] = 20) -> None:
    asyncio.run(_measure(runs))


async def _measure(runs: int) -> None:
    from agent.session import open_session
    from agent.settings import load_settings

    inside: dict[str, list[float]] = {}
    totals: dict[str, list[float]] = {}
    overhead: list[float] = []
    with TemporaryDirectory(prefix="ansatz-graph-") as folder, _timed_nodes(inside):
        async with open_session(load_settings(home=Path(folder), llm="none")) as session:
            # The first question also reads the textbook and imports what it needs.
            await session.ask(_QUESTION)
            for _ in range(runs):
                inside.clear()
                begin = time.perf_counter()
                answer = await session.ask(_QUESTION)
                wall = time.perf_counter() - begin
                if answer.status != "answered":
                    raise SystemExit(f"the question was not answered: {answer.answer}")
                n_nodes = sum(len(seconds) for seconds in inside.values())
                overhead.append((wall - sum(sum(seconds) for seconds in inside.values())) / n_nodes)
                for name, seconds in inside.items():
                    totals.setdefault(name, []).extend(seconds)
    print_timings("Time in the graph, no model", {"overhead per node": overhead} | totals, unit="ms", scale=1e3)


@contextmanager
def _timed_nodes(inside: dict[str, list[float]]) -> Iterator[None]:
    """Note how long each node runs, while the graph is built of the nodes as they are."""
    from agent.graphs import nodes

    originals = {name: getattr(nodes, name) for name in _NODES}

    def timed(name: str, node: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        @wraps(node)
        async def run(*arguments: object, **keywords: object) -> object:
            begin = time.perf_counter()
            try:
                return await node(*arguments, **keywords)
            finally:
                inside.setdefault(name, []).append(time.perf_counter() - begin)

        return run

    for name, node in originals.items():
        setattr(nodes, name, timed(name, node))
    try:
        yield
    finally:
        for name, node in originals.items():
            setattr(nodes, name, node)


if __name__ == "__main__":
    typer.run(main)
