"""``ansatz library``: search, show and check what the library holds."""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agent.interfaces.cli.output import JsonOption, print_json
from tools.errors import AnsatzError, BadInput, ExitStatus, Missing, Refused

if TYPE_CHECKING:
    from knowledge import AddProgress, Hit, Library, QueryModel

BookOption = Annotated[str | None, typer.Option("--book", help="Only this book.")]
LanguageOption = Annotated[
    Literal["en", "ja"] | None, typer.Option("--language", help="Only passages in this language.")
]


def build() -> typer.Typer:
    """The command group."""
    app = typer.Typer(
        help="Search, show and check the library: the textbook and your own documents.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for name, function in (
        ("add", add),
        ("embed", embed),
        ("remove", remove),
        ("search", search),
        ("show", show),
        ("list", list_),
        ("verify", verify),
        ("calibrate", calibrate),
    ):
        app.command(name)(function)
    return app


def search(
    query: Annotated[str | None, typer.Argument(help="Words or a question, in English or Japanese.")] = None,
    k: Annotated[int, typer.Option("--k", help="How many passages.")] = 5,
    book: BookOption = None,
    language: LanguageOption = None,
    lane: Annotated[
        Literal["words", "lexical", "sudachi", "dense", "both"],
        typer.Option(
            "--lane",
            help="Words alone, with the glossary, with Japanese in words (an extra), by meaning, or lexical and "
            "dense; the last two need --book and 'library embed'.",
        ),
    ] = "lexical",
    queries: Annotated[
        Path | None, typer.Option("--from", help='A file of lines {"id": …, "query": …}; - for standard input.')
    ] = None,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Let the configured model translate the query and re-rank.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Passages that fit a query best, best first. With --json a list; with --from, one object a line."""
    if (query is None) == (queries is None):
        raise BadInput("give one query, or --from FILE")
    library = _open()
    with _models(with_model) as fresh_model:

        def find(text: str) -> "list[Hit]":
            with _translated():
                return library.search(text, k, book, language, lane, fresh_model())

        if lane in ("dense", "both"):
            _remark(library.partly_embedded(book))
        if queries is not None:
            return _search_file(find, queries)
        assert query is not None
        hits = find(query)
    if as_json:
        print_json([_record(hit) for hit in hits])
        return 0
    for hit in hits:
        print(f"{hit.score:7.2f}  {hit.chapter} {hit.section}  {hit.span}\n         {_clipped(hit.text)}")
    if not hits:
        raise Refused("nothing in the library shares a word with the query")
    return 0


def add(
    paths: Annotated[list[Path], typer.Argument(help="PDF, LaTeX, Markdown, HTML or text files, or folders of them.")],
    book: Annotated[str, typer.Option("--book", help="Name of the book they belong to.")] = "documents",
    as_json: JsonOption = False,
) -> int:
    """Add your own documents; one that has changed replaces its older text, one that has not changes nothing.

    What cannot be read is named, and the rest is added; status 2 where nothing could be read at all.
    """
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    library, started = _open(), time.monotonic()
    columns = (TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    quiet = as_json or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar, _translated():
        task = bar.add_task("reading", total=None)

        def show_progress(done: "AddProgress") -> None:
            rate = done.pages / max(time.monotonic() - started, 1e-3)
            text = f"{done.files_done}/{done.files} files, {done.pages} pages, {rate:.0f} pages/s  {done.document}"
            bar.update(task, description=text)

        report = library.add(paths, book=book, on_progress=show_progress)
    nothing = bool(report.failed) and not (report.added or report.replaced or report.unchanged)
    if as_json:
        content = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(report).items()}
        return _print_report(content, report.failed if nothing else ())
    print(f"{len(report.added)} added, {len(report.replaced)} replaced, {len(report.unchanged)} unchanged")
    _remark((*report.remarks, *(() if nothing else report.failed)))
    if nothing:
        raise BadInput("; ".join(report.failed))
    return 0


def embed(
    book: Annotated[str, typer.Option("--book", help="The book to compute vectors for.")] = "documents",
    as_json: JsonOption = False,
) -> int:
    """Compute the vectors of a book, for search by meaning; an interrupt keeps those that are done."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    quiet = as_json or not console.is_terminal
    with Progress(console=console, transient=True, disable=quiet) as bar, _translated():
        task = bar.add_task("passages", total=None)
        computed = _open().embed(book, lambda done, total: bar.update(task, completed=done, total=total))
    if as_json:
        print_json({"book": book, "computed": computed})
    else:
        print(f"{computed} computed")
    return 0


def remove(
    documents: Annotated[list[str], typer.Argument(help="Identifiers of documents, as 'ansatz library list' prints.")],
    as_json: JsonOption = False,
) -> int:
    """Remove documents; no byte of their text stays in the library."""
    with _translated():
        removed = _open().remove(documents)
    if as_json:
        print_json({"removed": [item.id for item in removed]})
    else:
        print(f"{len(removed)} removed")
    return 0


def show(
    span: Annotated[str, typer.Argument(help="DOCUMENT:START-END, as search and answers print it.")],
    as_json: JsonOption = False,
) -> int:
    """Print the characters of a span exactly as they stand in the document."""
    with _translated():
        found = _open().show(span)
    if as_json:
        print_json({"document": found.span.document, "span": [found.span.start, found.span.end], "text": found.text})
    else:
        print(found.text)
    return 0


def list_(as_json: JsonOption = False) -> int:
    """List the documents."""
    library = _open()
    documents = library.documents()
    _remark(library.partly_embedded())
    if as_json:
        print_json(
            {
                "documents": [
                    {
                        "id": item.id,
                        "book": item.book,
                        "title": item.chapter,
                        "language": item.language,
                        "format": item.format,
                        "source": item.source,
                        "passages": item.passages,
                        "added": item.added,
                    }
                    for item in documents
                ]
            }
        )
        return 0
    for item in documents:
        print(f"{item.id:<24} {item.language}  {item.chapter}")
    return 0


def verify(as_json: JsonOption = False) -> int:
    """Check every hash, span and count of the store."""
    report = _open().verify()
    if as_json:
        content = {**vars(report), "problems": list(report.problems), "remarks": list(report.remarks)}
        return _print_report(content, report.problems)
    counts = (report.documents, report.passages, report.indexed, report.vectors)
    print("{} documents, {} passages, {} indexed, {} vectors".format(*counts))
    _remark(report.remarks)
    if report.problems:
        raise BadInput("; ".join(report.problems))
    return 0


def calibrate(as_json: JsonOption = False) -> int:
    """Fit the threshold of refusal to the text as it is now, and print its curve."""
    calibration = _open().calibrate()
    if as_json:
        print_json(calibration.to_json())
        return 0
    from knowledge.retrieve.refusal import table

    print(table(calibration))
    return 0


def _remark(remarks: Sequence[str]) -> None:
    """What is worth knowing beside the output proper."""
    for remark in remarks:
        print(remark, file=sys.stderr)


def _print_report(content: dict[str, object], problems: Sequence[str]) -> int:
    """One object, whether the command succeeds or not."""
    if not problems:
        print_json(content)
        return 0
    print_json({**content, "error": "; ".join(problems), "exit_status": int(ExitStatus.BAD_INPUT)})
    return ExitStatus.BAD_INPUT


def _open() -> "Library":
    from agent.library import open_library
    from agent.settings import load_settings

    with _translated():
        return open_library(load_settings())


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """What the store raises, as what a command ends with."""
    from knowledge.errors import InvalidRequest, LibraryError

    try:
        yield
    except InvalidRequest as error:
        raise BadInput(str(error)) from error
    except LibraryError as error:
        raise Missing(str(error)) from error


def _record(hit: "Hit") -> dict[str, object]:
    return {
        "document": hit.span.document,
        "book": hit.book,
        "section": f"{hit.chapter} {hit.section}",
        "language": hit.language,
        "span": [hit.span.start, hit.span.end],
        "score": hit.score,
        "text": hit.text,
    }


def _clipped(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:158] + "…"


@contextlib.contextmanager
def _models(wanted: bool) -> "Iterator[Callable[[], QueryModel | None]]":
    """What gives the model for one query; none where it is not wanted."""
    if not wanted:
        yield lambda: None
        return
    from agent.llm.query_model import open_query_models
    from agent.settings import load_settings

    with open_query_models(load_settings()) as fresh:
        if fresh() is None:
            raise Missing("no model is configured: set OPENAI_API_KEY, OPENAI_BASE_URL or ANSATZ_MODEL")
        yield fresh


def _search_file(find: "Callable[[str], list[Hit]]", path: Path) -> int:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    # Not splitlines(): U+2028 and its like may stand inside a string of JSON.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            name, query = item["id"], item["query"]
            if not isinstance(query, str):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            sentence = f'line {number} of {path} is not {{"id": …, "query": …}}'
            print_json({"id": f"line {number}", "error": sentence, "results": []})
            continue
        try:
            hits = find(query)
        except AnsatzError as error:
            print_json({"id": name, "error": str(error), "results": []})
        else:
            print_json({"id": name, "results": [_record(hit) for hit in hits]})
    return 0
