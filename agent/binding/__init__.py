"""Binding of prose to evidence: every number, citation and claim of proof is checked by code."""
