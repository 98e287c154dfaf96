"""What stands in for Lean where there is none: recorded replies, a loopback Kimina server, a program named lean."""

import json
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from physics_engines.progress import Monitor
from tools.base import ToolContext
from tools.proof import ProofSpec, check

VERSION = '"4.28.0"'
STATEMENT = "theorem add_comm' (a b : Nat) : a + b = b + a"
NO_AXIOMS = "'add_comm'' does not depend on any axioms"
STANDARD = "'add_comm'' depends on axioms: [propext,\n Classical.choice,\n Quot.sound]"


def recorded(name):
    """Rows of a recording; the test is skipped where the recordings are not beside the project."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "fixtures"
    folder = Path(_FIXTURES or beside) / "lean"
    if not folder.is_dir():
        pytest.skip("no recorded Lean replies: set ANSATZ_FIXTURES, or put them into ../shared/fixtures/lean")
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


_FIXTURES = os.environ.get("ANSATZ_FIXTURES")  # read on import: the tests themselves see none of our variables


def run_check(folder, proof="by omega", statement=STATEMENT, monitor=None, **fields):
    """Run the tool; its Result, and the verdict it recorded."""
    spec = check.parse({"statement": statement, "proof": proof, **fields})
    result = check.run(spec, ToolContext(out=folder, home=folder, monitor=monitor or Monitor()))
    return result, json.loads((folder / "verdict.json").read_text(encoding="utf-8"))


def line_of(code, start):
    return next(number for number, line in enumerate(code.splitlines(), 1) if line.startswith(start))


def repl_reply(code, axioms=NO_AXIOMS, version=VERSION, extra=(), shift=0, sorries=()):
    """The REPL's reply to a file of ours, with what it says about the axioms; ``shift`` moves the line count."""
    messages = list(extra)
    for text, start in ((axioms, "#print axioms"), (version, "#eval")):
        if text is not None:
            place = {"line": line_of(code, start) - shift, "column": 0}
            messages.append({"severity": "info", "pos": place, "endPos": place, "data": text})
    reply = {"messages": messages, "env": 0}
    return {**reply, "sorries": list(sorries)} if sorries else reply


def warning(text, line=3, severity="warning"):
    return {"severity": severity, "pos": {"line": line, "column": 8}, "endPos": None, "data": text}


class KiminaStub:
    """A server on loopback. ``script`` holds one function for each request: handler, body -> None."""

    def __init__(self, *script):
        self.script = list(script)
        self.requests = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stub.requests.append((self.path, dict(self.headers), body))
                respond = stub.script.pop(0) if len(stub.script) > 1 else stub.script[0]
                respond(self, body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def send(status, body, **headers):
    """Answer with a status and a body."""

    def respond(handler, _request):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return respond


def answer(error=None, **reply):
    """Answer a check in the form of the path it came by, with the reply ``repl_reply`` makes of its code."""

    def respond(handler, request):
        new = "snippets" in request
        item = request["snippets" if new else "codes"][0]
        result = {"id" if new else "custom_id": item["id" if new else "custom_id"], "time": 0.3}
        if error:
            result["error"] = error
        else:
            result |= {"error": None, "response": repl_reply(item["code" if new else "proof"], **reply)}
        send(200, {"results": [result]})(handler, request)

    return respond


_PROGRAM = """#!{python}
import json, os, pathlib, re, subprocess, sys, time
here = pathlib.Path(__file__).parent
plan = json.loads((here / "plan.json").read_text())
seen = {{"argv": sys.argv[1:], "environment": dict(os.environ), "cwd": os.getcwd()}}
(here / "seen.json").write_text(json.dumps(seen))
code = pathlib.Path(sys.argv[-1]).read_text().splitlines()
if plan.get("hang"):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (here / "pids.json").write_text(json.dumps([os.getpid(), child.pid]))
    time.sleep(60)
for severity, where, kind, text in plan["messages"]:
    line = where if isinstance(where, int) else next(n for n, s in enumerate(code, 1) if s.startswith(where))
    print(json.dumps({{"caption": "", "data": text, "endPos": None, "fileName": sys.argv[-1], "isSilent": False,
                      "keepFullRange": False, "kind": kind, "pos": {{"column": 0, "line": line}},
                      "severity": severity}}))
sys.stdout.write(plan.get("raw", ""))
sys.stderr.write(plan.get("stderr", ""))
sys.exit(plan.get("status", 0))
"""


class FakeLean:
    """A program named ``lean`` or ``lake`` that prints the diagnostics it is told to."""

    def __init__(self, folder, name="lean"):
        self.folder = folder
        folder.mkdir()
        program = folder / name
        program.write_text(_PROGRAM.format(python=sys.executable))
        program.chmod(0o755)

    def says(self, axioms=NO_AXIOMS, version=VERSION, extra=(), **plan):
        messages = list(extra)
        for text, start in ((axioms, "#print axioms"), (version, "#eval")):
            if text is not None:
                messages.append(("information", start, "[anonymous]", text))
        (self.folder / "plan.json").write_text(json.dumps({"messages": messages, **plan}))

    def seen(self, name="seen"):
        return json.loads((self.folder / f"{name}.json").read_text())


def honest_spec(code, **fields):
    """The Spec of a recorded file: header lines become ``imports`` and ``opens``, the rest statement and proof."""
    from tools.lean.source import SourceError, at_top_level, normalised

    lines = code.split("\n")
    opens = tuple(name for line in lines if line.startswith("open ") for name in line.split()[1:])
    text = normalised("\n".join("" if re.match(r"import |set_option |open ", line) else line for line in lines)).strip()
    for match in re.finditer(":=", text):
        try:
            at_top_level(text[: match.start()])
        except SourceError:
            continue
        proof = text[match.end() :]
        return ProofSpec(statement=text[: match.start()], proof=proof, imports="mathlib", opens=opens, **fields)
    raise AssertionError("no statement found")
