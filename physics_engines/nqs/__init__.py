"""Neural quantum states: variational Monte Carlo for spin lattices, with exact diagonalisation beside it."""
