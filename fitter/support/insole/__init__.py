"""An insole as a solid: from a posed foot and its support profile to bodies that can be printed or milled."""

from fitter.support.insole.gate import Gate, examine
from fitter.support.insole.make import Insole, make_insole
from fitter.support.insole.sole import Sole, sole_of_foot, sole_of_measures

__all__ = ["Gate", "Insole", "Sole", "examine", "make_insole", "sole_of_foot", "sole_of_measures"]
