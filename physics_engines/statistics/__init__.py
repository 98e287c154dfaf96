"""Errors of correlated data: autocorrelation, binning, jackknife."""
