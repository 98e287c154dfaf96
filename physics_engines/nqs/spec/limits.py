"""Bounds of a single calculation."""

MAX_SITES = 1024
"""Largest lattice of a variational run."""
MEMORY_LIMIT = 4 * 2**30
"""Bytes a single calculation of this engine may need."""
