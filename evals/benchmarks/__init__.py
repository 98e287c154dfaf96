"""Scripts that print timings and energies, one small table each; nothing here asserts a timing.

Run them as modules: ``python -m evals.benchmarks.start_up``.
"""
