"""Durable jobs: a calculation outlives whoever started it."""
