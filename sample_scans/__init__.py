"""Constructed feet with known truth. Nothing here is used by the program, and nothing of it is used here."""

from sample_scans.construct import ConstructedFoot, construct
from sample_scans.parameters import FootParameters
from sample_scans.truth import Truth

__all__ = ["ConstructedFoot", "FootParameters", "Truth", "construct"]
