"""The pages made from the program are what the program says today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import docs.make as made
from fitter.cli import main

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", made.PAGES)
def test_a_made_page_is_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made.PAGES[name](), "run python -m docs.make"


def test_every_link_of_the_readme_leads_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_commands_of_the_readme_are_commands_of_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`fitter ([\w-]+)", text))
    assert named >= {"fit", "measure", "enter", "samples", "app"}
    for command in named:
        with pytest.raises(SystemExit) as done:
            main([command, "--help"])
        assert done.value.code == 0
        assert command in capsys.readouterr().out
