"""Rendering of answers and run folders."""
