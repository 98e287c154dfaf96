"""Bounds of a single calculation."""

MAX_SITES = 1024
"""Largest lattice of a variational run."""
MAX_ENUMERATED = 2**17
"""Most states that are summed over in place of sampling."""
MEMORY_LIMIT = 4 * 2**30
"""Bytes a single calculation of this engine may need."""
MAX_COMPARED = 200_000
"""Largest sector that is solved exactly beside a variational run."""
