"""The textbook and the store that quotes it."""
