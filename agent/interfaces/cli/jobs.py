"""``ansatz jobs``: long calculations, wherever they were started from."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from agent.interfaces.cli.output import JsonOption, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from tools.jobs import Job

JobName = Annotated[str, typer.Argument(help="The first characters of a job's id, or the id of its run.")]


def build() -> typer.Typer:
    """The command group."""
    app = typer.Typer(
        help="List, show, follow and cancel long calculations.", invoke_without_command=True, rich_markup_mode=None
    )
    app.callback()(_default)
    app.command("list")(list_)
    app.command("show")(show)
    app.command("follow")(follow)
    app.command("cancel")(cancel)
    return app


def _default(context: typer.Context, as_json: JsonOption = False) -> int | None:
    return list_(as_json) if context.invoked_subcommand is None else None


def list_(as_json: JsonOption = False) -> int:
    """List jobs, the newest first."""
    from agent.settings import load_settings
    from tools.jobs import list_jobs

    jobs = list_jobs(load_settings().home)
    if as_json:
        print_json({"jobs": [_record(job) for job in jobs]})
        return 0
    for job in jobs:
        share = f"{job.progress.fraction:4.0%}" if job.progress else "   –"
        print(f"{job.short_id}  {job.state:<12} {share}  {job.identity.tool}  run {job.identity.run_id}")
    if not jobs:
        print("no jobs")
    return 0


def show(job: JobName, as_json: JsonOption = False) -> int:
    """Show one job: state, progress, folder, and why it failed if it did."""
    from agent.settings import load_settings
    from tools.jobs import get_job

    found = get_job(job, home=load_settings().home)
    if as_json:
        print_json(_record(found))
        return 0
    for name, value in _record(found).items():
        if value not in (None, ""):
            print(f"{name:<10} {value}")
    return 0


def follow(job: JobName, as_json: JsonOption = False) -> int:
    """Print the events of a job as they come, until it ends; Ctrl-C leaves the job running."""
    from agent.settings import load_settings

    return asyncio.run(_follow(job, as_json, load_settings().home))


def cancel(job: JobName, as_json: JsonOption = False) -> int:
    """Stop a job; what it saved is kept, and asking again goes on from there."""
    from agent.settings import load_settings
    from tools.jobs import cancel as cancel_job

    stopped = asyncio.run(cancel_job(job, home=load_settings().home))
    if as_json:
        print_json(_record(stopped))
    else:
        print(f"{stopped.short_id}  {stopped.state}")
    return 0


async def _follow(name: str, as_json: bool, home: "Path") -> int:
    from tools.jobs import follow as follow_job
    from tools.jobs import get_job

    async for event in follow_job(name, home=home):
        if not as_json:
            progress = event.progress
            values = "  ".join(f"{key} {value:.6g}" for key, value in progress.values.items()) if progress else ""
            print(
                f"{event.kind:<10} {f'{progress.fraction:4.0%}' if progress else '':>4}  {event.text}{values}",
                flush=True,
            )
    job = get_job(name, home=home)
    if as_json:
        print_json(_record(job))
    if job.failure is not None:
        raise job.failure.exception()
    return 0


def _record(job: "Job") -> dict[str, object]:
    return {
        "id": job.short_id,
        "state": job.state,
        "tool": job.identity.tool,
        "run": job.identity.run_id,
        "spec": job.identity.spec_json,
        "progress": job.progress.fraction if job.progress else None,
        "message": job.progress.message.en if job.progress else "",
        "attempts": job.attempt,
        "folder": str(job.out),
        "failure": job.failure.sentence if job.failure else None,
    }
