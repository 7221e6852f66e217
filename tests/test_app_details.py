"""Copied details of an error tell where the program failed, and nothing of a person."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from test_app_state import fitted

from fitter.app.details import details, kind, trace
from fitter.app.model import Inputs, Model
from fitter.app.worker import _answered
from fitter.captures import Capture
from fitter.errors import FitterError
from fitter.records.people import Customer
from fitter.scan.formats import read_scan

PRIVATE = ("Anna", "Müller", "anna", "/home", "secret", "left_0412", "K-17", "wide shoes")


def with_anna() -> Model:
    anna = Customer("Anna Müller", "K-17", 1980, "Likes wide shoes")
    scans = (Capture("anna left_0412.stl", b"x" * 2_000_000), Capture("secret.müller", b"x"))
    return Model(inputs=Inputs(scans), customer=anna)


def raised(action) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        action()
    return caught.value


def not_there() -> None:
    Path("/home/anna/secret/left_0412.stl").read_bytes()


@pytest.mark.parametrize(
    "action",
    [
        not_there,
        lambda: read_scan("anna left_0412.stl", b"Anna, secret"),
        lambda: {}["Anna Müller"],
        lambda: fitted("Anna", "secret", "scan", {"Müller": 1}),
    ],
)
def test_details_name_the_place_in_the_program_and_nothing_of_a_person(action):
    text = details(raised(action), with_anna())
    assert not [word for word in PRIVATE if word in text]
    assert "Error: " in text
    assert ".py:" in text
    assert str(Path.home()) not in text
    assert "2 scans (stl 2.0 MB, other 0.0 MB), 0 typed, 0 feet measured, a customer" in text


def test_details_tell_the_code_of_an_error_and_what_it_came_from():
    error = FitterError("no customer fits 'anna'", where="/home/anna", code="no_customer")
    assert kind(error) == "FitterError no_customer"
    error.__cause__ = FileNotFoundError(2, "no", "/home/anna")
    assert kind(error) == "FitterError no_customer, from FileNotFoundError 2"


def test_what_failed_in_the_other_process_is_named_with_its_place_over_there():
    quiet = lambda *_: None  # noqa: E731
    status, error = _answered(("fit", [Capture("anna.stl", b"no scan")], (), None), quiet, quiet)
    assert status == "failed"
    told = trace(pickle.loads(pickle.dumps(error)))
    assert any(line.startswith("fitter/scan/formats/") for line in told)
    assert "anna" not in " ".join(told)
