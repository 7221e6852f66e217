"""The manual says what the program does: its pictures, links, tabs, buttons, keys and commands are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from docs.manual import screenshots
from fitter.app import keys
from fitter.cli import main

MANUAL = Path(__file__).parent.parent / "docs" / "manual"
PAGES = sorted(MANUAL.glob("*.md"))
MOST_BYTES_OF_ALL = 2_000_000


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def pictures(page: Path) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(images/([\w-]+)\.png\)", text_of(page))


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_picture_of_a_page_is_taken_by_the_script_and_there(page: Path) -> None:
    assert text_of(page).count("![") == len(pictures(page)), "a picture without words, or of elsewhere"
    for name in pictures(page):
        assert name in screenshots.SHOTS, name
        assert screenshots.file_of(name).exists(), f"python -m docs.manual.screenshots {name}"


def test_every_picture_that_is_taken_is_shown_and_small() -> None:
    shown = {name for page in PAGES for name in pictures(page)}
    assert set(screenshots.SHOTS) - {screenshots.WINDOW} <= shown
    kept = {file.stem for file in screenshots.IMAGES.glob("*.png")}
    assert kept <= set(screenshots.SHOTS), "a picture that nobody takes any more"
    sizes = [screenshots.file_of(name).stat().st_size for name in screenshots.SHOTS]
    assert max(sizes) <= screenshots.MOST_BYTES
    assert sum(sizes) <= MOST_BYTES_OF_ALL


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_within_the_manual_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", text_of(page).replace("\n", " ")):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        there = page.parent / file if file else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_every_page_can_be_reached_from_the_list_of_pages() -> None:
    listed = set(re.findall(r": ([\w-]+\.md)$", text_of(MANUAL.parent / "mkdocs.yml"), re.MULTILINE))
    assert listed == {page.name for page in PAGES}


def test_the_commands_of_the_manual_are_commands_of_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    written = " ".join(text_of(page) for page in PAGES)
    named = set(
        re.findall(
            r"(?:`|\n)fitter ([a-z][\w-]*(?: (?:check|explain|copy|import|delete|export)\b)?)", written
        )
    )
    assert named >= {"fit", "certify", "scanner-check", "rules check", "go-on"}
    for command in named:
        words = command.split()[:1] if command.startswith("customers") else command.split()
        with pytest.raises(SystemExit) as done:
            main([*words, "--help"])
        told = capsys.readouterr().out
        assert done.value.code == 0, command
        assert all(word in told for word in words)


def test_the_options_of_the_manual_are_options_of_their_commands(capsys: pytest.CaptureFixture[str]) -> None:
    for page in PAGES:
        for line in re.findall(r"(?:^|`)(fitter [^`\n]+)", text_of(page), re.MULTILINE):
            words = shlex.split(line)[1:]
            options = [word for word in words if word.startswith("--")]
            if not options or words[0].startswith("--"):
                continue
            with pytest.raises(SystemExit):
                main([words[0], *(words[1:2] if words[0] in ("rules", "shelf") else []), "--help"])
            told = capsys.readouterr().out
            for option in options:
                assert option in told, line


def shortcuts() -> list[str]:
    """Every key that the page of keys shows, as it is written there."""
    if hasattr(keys, "listed"):
        return [key for key, _text in keys.listed()]
    return [key for _sequence, key, _text in keys.SHORTCUTS] + [key for key, _text in keys.HINTS]


def test_the_page_of_keys_lists_the_keys_of_the_program_and_no_others() -> None:
    rows = re.findall(r"^\| (.+?) \| ", text_of(MANUAL / "keys.md"), re.MULTILINE)[1:]
    assert sorted(rows) == sorted(shortcuts())


def test_no_page_names_a_key_that_the_program_has_not() -> None:
    known = set(re.findall(r"Ctrl\+\w+(?:\+\w+)?|F\d+|Esc", " ".join(shortcuts())))
    for page in PAGES:
        for key in re.findall(r"Ctrl\+(?:Shift\+)?\w|\bF\d+\b|\bEsc\b", text_of(page)):
            assert key in known, f"{page.name}: {key}"


def texts_of_the_program() -> set[str]:
    """Every text written in the modules of the window."""
    folder = MANUAL.parent.parent / "fitter"
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        found |= set(re.findall(r'"((?:[^"\\\n]|\\.)+)"', text_of(file)))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_tells_to_press_is_written_in_the_window(page: Path) -> None:
    known = {text.lower().rstrip(".:") for text in texts_of_the_program()}
    for name in re.findall(
        r"(?:[Pp]ress|[Tt]ick|tab|page|under) \*\*([^*]+)\*\*", text_of(page).replace("\n", " ")
    ):
        assert name.lower().rstrip(".:") in known, f"{page.name}: {name}"


def test_the_manual_names_every_tab_of_the_window_and_no_other(display: str) -> None:
    from fitter.app.state import AppState  # noqa: PLC0415
    from fitter.app.window import Window  # noqa: PLC0415

    nothing: Any = lambda *_args, **_more: None  # noqa: E731 - it measures nothing here
    window = Window(AppState(nothing, export=nothing, check_answers=nothing))
    try:
        tabs = set(window.tabs.cget("values"))
    finally:
        window.close()
    named = {
        n
        for page in PAGES
        for n in re.findall(r"(?:tab|Tab) \*\*([^*]+)\*\*", text_of(page).replace("\n", " "))
    }
    assert named == tabs


def test_the_manual_builds_into_a_site_that_fetches_nothing(tmp_path: Path) -> None:
    build = pytest.importorskip("mkdocs.commands.build", reason="MkDocs isn't installed (.[docs])")
    from mkdocs.config import load_config  # noqa: PLC0415

    build.build(load_config(str(MANUAL.parent / "mkdocs.yml"), site_dir=str(tmp_path), strict=True))
    for page in tmp_path.rglob("*.html"):
        fetched = re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(https?:|//)", text_of(page))
        assert not fetched, page.name
