"""Printing through the system, tried with a print service of the test's own: what it is handed, and what is
said where there is none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from test_app_state import Later, journey, opened, scan, settle  # noqa: F401 - a fixture

from fitter.app import printing
from fitter.app.screens import print_page
from fitter.app.state import AppState
from fitter.errors import FitterError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")


@pytest.fixture
def programs(tmp_path, monkeypatch) -> Path:
    """The only folder where programs are found; `cat` and its like stay reachable by their full name."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    return folder


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def paper(programs, tmp_path) -> Path:
    """A print service that keeps what it is handed: the arguments, and the last of them as a file."""
    script = f'echo "$@" > {tmp_path}/asked\nfor last; do :; done\n/bin/cat "$last" > {tmp_path}/printed'
    program(programs, "lp", script)
    return tmp_path


def test_the_print_service_gets_the_pdf_its_title_and_no_scaling(paper):
    printing.print_pdf(b"%PDF-1.7 report", "Fitter: Report")
    assert (paper / "printed").read_bytes() == b"%PDF-1.7 report"
    asked = (paper / "asked").read_text()
    assert "-t Fitter: Report -o print-scaling=none -- " in asked
    assert "-d" not in asked.split()
    assert not Path(asked.split()[-1]).exists()  # nothing of a person is left lying about


def test_a_printer_can_be_chosen(paper):
    printing.print_pdf(b"%PDF", "Label", "Labels_2nd_floor")
    assert (paper / "asked").read_text().startswith("-d Labels_2nd_floor ")


def test_the_printers_of_the_system_are_listed(programs):
    assert printing.printers() == ()
    program(programs, "lpstat", 'echo "Office"; echo "Labels"')
    assert printing.printers() == ("Office", "Labels")
    program(programs, "lpstat", "exit 1")
    assert printing.printers() == ()


def test_without_a_print_service_it_is_said_with_a_way_on(programs):
    with pytest.raises(FitterError, match=r"no print service.*export the file and print it from there"):
        printing.print_pdf(b"%PDF", "Report")


def test_why_the_print_service_refuses_is_passed_on(programs):
    program(programs, "lp", 'echo "lp: Error - no default destination available." >&2; exit 1')
    with pytest.raises(FitterError, match="Error - no default destination available") as caught:
        printing.print_pdf(b"%PDF", "Report")
    assert caught.value.code == "cannot_print"


def test_a_print_service_that_hangs_is_not_waited_for(programs, monkeypatch):
    program(programs, "lp", "exec /bin/sleep 60")
    monkeypatch.setattr(printing, "_WAIT_S", 0.2)
    with pytest.raises(FitterError, match="doesn't answer"):
        printing.print_pdf(b"%PDF", "Report")


def test_on_windows_the_program_for_pdf_files_prints(tmp_path, monkeypatch):
    printed = []
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(printing.tempfile, "tempdir", str(tmp_path))
    started = lambda path, verb: printed.append((Path(path).read_bytes(), verb))  # noqa: E731
    monkeypatch.setattr(os, "startfile", started, raising=False)
    printing.print_pdf(b"%PDF", "Report", "ignored")
    assert printed == [(b"%PDF", "print")]
    monkeypatch.delattr(os, "startfile")
    with pytest.raises(FitterError, match="no program here prints PDF files"):
        printing.print_pdf(b"%PDF", "Report")


def test_the_window_prints_beside_itself_and_says_so(paper, scan):  # noqa: F811
    later = Later()
    state = AppState(journey, export=lambda r, f, p: [], check_answers=dict, start=later)
    opened(state, later, scan())
    state.print_files(lambda _report: print_page.worksheet("mm"), "Worksheet")
    assert state.now.busy
    settle(state, later)
    assert state.now.notice.text == "Worksheet: handed to the printer."
    assert (paper / "printed").read_bytes().startswith(b"%PDF")


def test_labels_are_made_for_what_was_taken():
    from fitter import shop  # noqa: PLC0415

    item = shop.example().items[0]
    made = print_page.labels((item.sku,))
    assert list(made) == [f"label-{item.sku}.pdf"]
    assert made[f"label-{item.sku}.pdf"].startswith(b"%PDF")
