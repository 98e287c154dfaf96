"""Lattices: sites, bonds and boundaries."""
