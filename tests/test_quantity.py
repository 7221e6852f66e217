"""Uncertainty: an error that goes in comes out again, never smaller for being larger."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitter.quantity import Quantity, propagate

LENGTHS = st.floats(1.0, 400.0)
ERRORS = st.floats(0.0, 1e6)
FORMULAS: dict[str, Callable[[float, float], float]] = {
    "an index": lambda a, b: a / b,
    "a drop": lambda a, b: a - b,
    "an area": lambda a, b: a * b,
    "a stiffness": lambda a, b: b / (a * a),
}


@pytest.mark.parametrize("formula", FORMULAS)
@given(a=LENGTHS, b=LENGTHS, u95=ERRORS, fixed=ERRORS, more=st.floats(0.0, 1e6), first=st.booleans())
def test_more_error_in_a_length_never_makes_a_result_surer(formula, a, b, u95, fixed, more, first):
    def error(of_one: float) -> float:
        errors = (of_one, fixed) if first else (fixed, of_one)
        inputs = (Quantity(v, u, "mm") for v, u in zip((a, b), errors, strict=True))
        return propagate(FORMULAS[formula], *inputs, unit="any").u95

    assert error(u95 + more) >= error(u95) * (1 - 1e-9)


def test_a_small_error_grows_through_an_index_as_its_slopes_say():
    index = propagate(lambda a, b: a / b, Quantity(63, 0.3, "mm"), Quantity(184, 0.5, "mm"), unit="ratio")
    assert index.value == 63 / 184
    assert index.u95 == pytest.approx(63 / 184 * math.hypot(0.3 / 63, 0.5 / 184), rel=0.01)


def test_the_worse_of_both_directions_counts():
    index = propagate(lambda a: 1 / a, Quantity(10.0, 5.0, "mm"), unit="ratio")
    assert index.u95 == pytest.approx(1 / 5 - 1 / 10)


@pytest.mark.parametrize("u95", [10.0, 184.0, 1e9, 1e150])
def test_an_error_as_large_as_the_length_leaves_an_index_open(u95):
    index = propagate(lambda a, b: a / b, Quantity(63, 1, "mm"), Quantity(184, u95, "mm"), unit="ratio")
    assert index.u95 >= 63 / 184 * u95 / 184


def test_where_there_is_no_number_it_is_said_and_not_divided_by_zero():
    with pytest.raises(ValueError, match="finite"):
        propagate(lambda a, b: a / b, Quantity(63, 1, "mm"), Quantity(0, 1, "mm"), unit="ratio")


def test_further_errors_are_added_as_squares():
    assert propagate(lambda a: a, Quantity(1.0, 3.0, "mm"), unit="mm", extra_u95=[4.0]).u95 == 5.0
