"""Fitter: what a foot is like, and which insole support suits it, with the error of every number."""

__version__ = "0.1.0"
