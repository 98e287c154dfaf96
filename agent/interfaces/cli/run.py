"""``ansatz run``: one tool without any agent. The options of each tool are generated from its Spec."""

import asyncio
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from agent.interfaces.cli.output import JsonOption, print_json
from tools.base import Tool, ToolCall
from tools.errors import BadInput, ExitStatus, Missing, Refused

if TYPE_CHECKING:
    from tools.result import Result

SpecOption = Annotated[
    Path | None,
    typer.Option("--spec", help="A call file, such as runs/ID/…/call.json, or the arguments as a JSON object."),
]


def build(with_tools: bool) -> typer.Typer:
    """The command group; the tools are loaded only when one of them is about to be run."""
    app = typer.Typer(
        help="Run one tool without any agent: ansatz run TOOL --option value, or ansatz run --spec FILE.json.",
        invoke_without_command=True,
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.callback()(_run_file)
    if with_tools:
        from tools.registry import load_registry

        for tool in load_registry().values():
            app.command(tool.name, help=_help(tool))(_command(tool))
    return app


def _run_file(context: typer.Context, spec: SpecOption = None, as_json: JsonOption = False) -> int | None:
    if context.invoked_subcommand is not None:
        return None
    if spec is None:
        raise BadInput("give a tool, or --spec FILE; 'ansatz tools' lists the tools")
    from tools.registry import load_registry

    content = _read_json(spec)
    try:
        call = ToolCall.model_validate(content)
    except ValueError:
        raise BadInput(f'{spec} is not a call file: it should hold {{"tool": …, "spec": {{…}}}}') from None
    return asyncio.run(_run(load_registry()[call.tool], call.spec, as_json))


def _command(tool: Tool[Any]) -> Callable[..., int]:
    """A function whose signature has one option for each field of the Spec."""

    def run(spec: Path | None = None, as_json: bool = False, **options: str | None) -> int:
        arguments: dict[str, object] = {}
        if spec is not None:
            content = _read_json(spec)
            arguments = ToolCall.model_validate(content).spec if "tool" in content else content
        arguments |= {name: _parsed(text) for name, text in options.items() if text is not None}
        return asyncio.run(_run(tool, arguments, as_json))

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("spec", keyword, default=None, annotation=SpecOption),
        inspect.Parameter("as_json", keyword, default=False, annotation=JsonOption),
    ]
    for name, field in tool.spec_type.model_fields.items():
        option = typer.Option(f"--{name.replace('_', '-')}", help=_field_help(field), metavar=_metavar(field))
        parameters.append(inspect.Parameter(name, keyword, default=None, annotation=Annotated[str | None, option]))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def _parsed(text: str) -> object:
    """Lists and objects may be given as JSON, @FILE is what stands in a file; the rest is text for pydantic to read."""
    if text[:1] == "@":
        try:
            text = Path(text[1:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"cannot read {text[1:]}: {error}") from None
    if text[:1] in "[{":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _help(tool: Tool[Any]) -> str:
    why = tool.why_unavailable()
    return f"{tool.summary}\n\n{why[:1].upper() + why[1:]}." if why else tool.summary


def _field_help(field: FieldInfo) -> str:
    parts = [(field.description or "").rstrip(".")]
    bounds = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    for item in field.metadata:
        parts += [
            f"{word} {getattr(item, name)}" for name, word in bounds.items() if getattr(item, name, None) is not None
        ]
    if field.is_required():
        parts.append("required")
    elif field.default is not PydanticUndefined and field.default is not None:
        parts.append(f"default {field.default}")
    return "; ".join(part for part in parts if part)


def _metavar(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return "|".join(str(value) for value in get_args(annotation))
    named: dict[object, str] = {int: "INTEGER", float: "NUMBER", bool: "true|false"}
    return named.get(annotation, "TEXT")


def _read_json(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    except ValueError as error:
        raise BadInput(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise BadInput(f"{path} should hold one JSON object")
    return content


async def _run(tool: Tool[Any], arguments: dict[str, object], as_json: bool) -> int:
    from rich.console import Console

    from agent.evidence import Ledger
    from agent.interfaces.cli.progress import ProgressView
    from agent.report.terminal import print_evidence
    from agent.runs import RunFolder, new_run_id
    from agent.settings import load_settings
    from physics_engines.progress import Progress
    from tools.jobs import describe_environment, run_call

    why = tool.why_unavailable()
    if why:
        raise Missing(f"{tool.name} {why}")
    spec = tool.parse(arguments)
    folder = RunFolder(load_settings().home, new_run_id())
    folder.create()
    out = folder.call_folder(1, tool.name)
    with ProgressView(Console(stderr=True), quiet=as_json) as view:

        def on_progress(progress: Progress) -> None:
            view.show({"kind": "progress", "tool": tool.name, **progress.model_dump(mode="json")})

        result = await run_call(tool, spec, run_id=folder.run_id, out=out, home=folder.home, on_progress=on_progress)
    folder.write_json("environment.json", describe_environment().model_dump(mode="json"))
    ledger = Ledger()
    ledger.add_result(tool.name, result, folder.run_id, "en")
    folder.write_json("ledger.json", [entry.model_dump(mode="json") for entry in ledger])
    figures = [str(out / artifact.path) for artifact in result.artifacts if artifact.kind == "figure"]
    status = ExitStatus.DONE if len(ledger) else ExitStatus.REFUSED
    if as_json:
        content: dict[str, object] = {
            "run": folder.run_id,
            "tool": tool.name,
            "spec": spec.model_dump(mode="json"),
            "evidence": [entry.model_dump(mode="json") for entry in ledger],
            "notes": [note.en for note in result.notes],
            "nearest": list(result.nearest),
            "figures": figures,
            "folder": str(out),
            "exit_status": int(status),
        }
        print_json(content if len(ledger) else {**content, "error": _why_nothing(tool, result)})
        return status
    if not len(ledger):
        raise Refused(_why_nothing(tool, result))
    if result.reading:
        print(result.reading.en)
    for note in result.notes:
        print(note.en)
    print_evidence(tuple(ledger), Console())
    for figure in figures:
        print(f"Figure  {figure}")
    print(f"Repeat  ansatz run --spec {out / 'call.json'}")
    return status


def _why_nothing(tool: Tool[Any], result: "Result") -> str:
    if result.notes:
        return f"{tool.name}: {' '.join(note.en for note in result.notes)}"
    nearest = f"; nearest headings: {'; '.join(result.nearest[:3])}" if result.nearest else ""
    return f"not found in the library{nearest}"
