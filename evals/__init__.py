"""What the project can do, scored: items in JSONL, deterministic scorers, a runner, benchmarks.

``ansatz eval`` runs it; ``evals.runner.run_evals`` is the same from Python.
"""
