"""Several ansätze on one model: one table, one figure."""
