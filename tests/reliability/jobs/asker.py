"""A process that asks for one call: asker.py HOME OUT RUN_ID THRESHOLD SPEC_JSON."""

import asyncio
import sys
from pathlib import Path

from job_tools import walk

from tools.jobs import run_call

home, out, run_id, threshold, spec = sys.argv[1:]
result = asyncio.run(
    run_call(
        walk,
        walk.spec_type.model_validate_json(spec),
        run_id=run_id,
        out=Path(out),
        home=Path(home),
        approve_inline_below=float(threshold),
    )
)
print(repr(result.estimates["position"].value))
