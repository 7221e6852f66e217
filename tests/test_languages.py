"""Every text a person is shown can be said in another language, and nothing else changes by it."""

from __future__ import annotations

import ast
import io
import pickle
import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import fitter
from fitter import language as languages
from fitter.anatomy.measures import BY_ID
from fitter.answers import answers_from_mapping
from fitter.app import words
from fitter.captures import Capture
from fitter.entry import EnteredFoot, entered_value
from fitter.errors import FitterError
from fitter.exchange import wording
from fitter.exchange.json_profile import from_json, to_json, to_tree
from fitter.exchange.wording import try_on_lines
from fitter.journey import run_journey, told_again
from fitter.language import ENGLISH, FOLDER, RULES, Language, current, language, speaking
from fitter.profile import FitProfile
from fitter.quantity import Quantity
from fitter.saying import begun, joined, say
from fitter.support.explain import plainly
from fitter.support.trying import Tried, TryOn
from models.texts import published
from tests.catalogues import TEMPLATE, brackets, found_now, outside_brackets, placeholders, texts_of
from tests.example_profiles import ALL_CLEAR, RULER
from tests.scans import sample

APP = Path(fitter.__file__).parent / "app"
CATALOGUES = sorted(FOLDER.glob("*/LC_MESSAGES/fitter.po"))

_TRIANGLES = "The scan has {n:,} triangles; it is {long:.1f} mm long"
GERMAN = Language(
    "de",
    {
        _TRIANGLES: "Der Scan ist {long:.1f} mm lang, {n:,} Dreiecke",
        "a {side} foot, as you said": "wie angegeben ein {side} Fuß",
        "left": "linker",
        "Scan the foot again": "Den Fuß noch einmal scannen",
        "the file is empty": "Die Datei ist leer",
        "No sole was seen.": "Keine Sohle.",
    },
)


# ---------------------------------------------------------------------------- what is put together


def test_a_text_is_english_and_is_put_together_again_in_another_language() -> None:
    said = say(_TRIANGLES, n=12345, long=251.04)
    assert said == "The scan has 12,345 triangles; it is 251.0 mm long"
    assert GERMAN(said) == "Der Scan ist 251,0 mm lang, 12.345 Dreiecke"
    assert ENGLISH(said) == said


def test_words_within_a_text_are_translated_and_names_are_not() -> None:
    assert GERMAN(say("a {side} foot, as you said", side="left")) == "wie angegeben ein linker Fuß"
    told = Language("de", {"{file} is empty": "{file} ist leer", "left": "linker"})
    assert told(say("{file} is empty", file="left")) == "left ist leer"
    # A reason that somebody gave is a person's; one without a name is the program's.
    by = Language(
        "de", {"{by}: {reason}": "{by}: {reason}", "No: {reason}": "Nein: {reason}", "left": "linker"}
    )
    assert by(say("{by}: {reason}", by="left", reason="left")) == "left: left"
    assert by(say("No: {reason}", reason="left")) == "Nein: linker"


def test_what_was_put_together_survives_the_way_from_the_worker() -> None:
    error = FitterError(
        say("a {side} foot, as you said", side="left"), where="a.stl", todo="Scan the foot again"
    )
    for told in (error, pickle.loads(pickle.dumps(error))):
        assert str(told) == "a.stl: a left foot, as you said. Scan the foot again."
        assert GERMAN(str(told)) == "a.stl: wie angegeben ein linker Fuß. Den Fuß noch einmal scannen."
    several = joined(" ", (begun("the file is empty"), "", say("a {side} foot, as you said", side="left")))
    assert GERMAN(pickle.loads(pickle.dumps(several))) == "Die Datei ist leer wie angegeben ein linker Fuß"


def test_plain_english_from_a_file_is_recognised_by_its_template() -> None:
    plain = "The scan has 12,345 triangles; it is 251.0 mm long"
    assert GERMAN(plain) == "Der Scan ist 251,0 mm lang, 12.345 Dreiecke"
    assert GERMAN(f"No sole was seen. {plain}. Whatever else.") == (
        "Keine Sohle. Der Scan ist 251,0 mm lang, 12.345 Dreiecke. Whatever else."
    )
    assert GERMAN("Nobody said this.") == "Nobody said this."


def test_nothing_is_translated_twice() -> None:
    for text in ("251,0 ± 3,0 mm", "Der Scan ist 251,0 mm lang, 12.345 Dreiecke", "0,345"):
        assert GERMAN(text) == text


# ---------------------------------------------------------------------------- numbers and dates


@pytest.mark.parametrize(
    ("code", "number", "day"),
    [
        ("en", "−1234.50", "2026-03-04"),
        ("de", "−1234,50", "04.03.2026"),
        ("fr", "−1234,50", "04/03/2026"),
        ("es", "−1234,50", "04/03/2026"),
    ],
)
def test_numbers_and_dates_are_written_as_the_language_writes_them(code: str, number: str, day: str) -> None:
    told = Language(code, {"x": "y"})
    assert told.number(-1234.5, 2) == number
    assert told.date(date(2026, 3, 4)) == day


def test_a_measure_has_the_decimal_mark_of_the_language_everywhere() -> None:
    q = Quantity(251.04, 3.0, "mm")
    assert wording.with_error(q) == "251.0 ± 3.0 mm"
    with speaking(GERMAN):
        assert wording.with_error(q) == "251,0 ± 3,0 mm"
        assert wording.plain(-0.04, "mm") == "0,0"
    assert current() is ENGLISH


def test_a_typed_decimal_comma_is_a_number() -> None:
    assert entered_value("foot_length", "25,1 cm").value == entered_value("foot_length", "25.1 cm").value


def test_a_colon_stands_as_the_language_sets_it() -> None:
    french = Language("fr", {"{name}: {value}": "{name}\u00a0: {value}", "left": "gauche", "foot": "pied"})
    with speaking(french):
        assert wording.pair_words("pied", "251 mm") == "pied\u00a0: 251 mm"
    for said in (
        joined(": ", ("foot", "left")),
        say("{what}: {side}", what="foot", side="left"),
        "foot: left",
    ):
        assert french(said) == "pied\u00a0: gauche"
    assert wording.pair_words("foot", "251 mm") == "foot: 251 mm"


def test_the_version_of_the_rules_is_no_number_of_a_language() -> None:
    told = Language("de", {"support rules {version}": "Stützregeln {version}"})
    assert told("support rules 2.0") == "Stützregeln 2.0"


# ---------------------------------------------------------------------------- catalogues


def test_no_text_is_missing_from_the_template_of_the_catalogues() -> None:
    missing = found_now() - texts_of(TEMPLATE).keys()
    assert not missing, "make it anew: pybabel extract -F babel.cfg --no-wrap --sort-by-file -o " + str(
        TEMPLATE
    )


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_a_translation_has_the_placeholders_of_its_text(path: Path) -> None:
    wrong = [
        t for t, said in texts_of(path).items() if said and set(placeholders(said)) != set(placeholders(t))
    ]
    assert not wrong


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_a_compiled_catalogue_is_that_of_its_texts(path: Path) -> None:
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=path.parent.parent.name)
    made = io.BytesIO()
    write_mo(made, catalogue)
    assert path.with_suffix(".mo").read_bytes() == made.getvalue(), f"pybabel compile -i {path} -o fitter.mo"


def test_a_damaged_catalogue_costs_no_more_than_its_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    file = tmp_path / "xy" / "LC_MESSAGES" / "fitter.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no catalogue")
    assert language("xy") is ENGLISH
    assert language("../../etc") is ENGLISH
    broken = Language("de", {"{n} feet": "{m} Füße", "{n} toes": "{n"})
    assert broken(say("{n} feet", n=2)) == "{m} Füße"
    assert broken(say("{n} toes", n=2)) == "{n"


def test_every_language_there_is_has_its_rules() -> None:
    assert set(languages.codes()) <= set(RULES)


# ---------------------------------------------------------------------------- in the window


def test_no_text_of_the_window_is_translated_at_import() -> None:
    """The language is chosen later, and may be chosen again."""
    wrong = [
        f"{path.relative_to(APP)}:{call.lineno}"
        for path in sorted(APP.rglob("*.py"))
        for call in _called_at_import(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call.func, ast.Name) and call.func.id in ("_", "spoken")
    ]
    assert not wrong


def _called_at_import(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            at_once = [*child.args.defaults, *child.args.kw_defaults, *getattr(child, "decorator_list", [])]
            for part in at_once:
                if part is not None:
                    yield from (c for c in ast.walk(part) if isinstance(c, ast.Call))
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from _called_at_import(child)


def test_tables_of_words_follow_the_language() -> None:
    assert words.SIDE_WORDS["left"] == "Left foot"
    with speaking(Language("de", {"Left foot": "Linker Fuß", "sitting": "sitzend"})):
        assert words.SIDE_WORDS["left"] == "Linker Fuß"
        assert words.LOAD_WORDS["sitting"] == "Sitzend"


# ---------------------------------------------------------------------------- all that is said


@pytest.fixture(scope="module")
def profiles() -> tuple[FitProfile, ...]:
    """A scanned foot with answers, and a pair of typed feet of which one sat."""
    told = {"body_mass_kg": 82, "height_cm": 178, "sex": "male", "chair_stand": 9, "footwear": "everyday"}
    told |= {"latest_run_km": 12, "longest_run_30d_km": 6}
    answers = answers_from_mapping({**ALL_CLEAR, **told}, "answers")
    scan = run_journey([Capture("neutral_right.stl", sample("neutral_right.stl"))], answers=answers)
    feet = [
        EnteredFoot(side, load, {key: entered_value(key, value + more) for key, value in RULER.items()})
        for side, load, more in (
            ("left", "sitting", 2.0),
            ("left", "standing", 0.0),
            ("right", "standing", 9.0),
        )
    ]
    stopped = answers_from_mapping({**ALL_CLEAR, "knee_locked": True}, "answers")
    return (
        scan.profile,
        run_journey([], entered=feet).profile,
        run_journey([], entered=feet, answers=stopped).profile,
    )


# Names, codes and what is written alike everywhere: publications, units, ids, versions.
_SAME_EVERYWHERE = re.compile(
    r"\b(mm|cm|kg|SD|EU|UK|US|JIS|ISO|Mondopoint|Shore|AHI|fitter|Fitter|toml|json)\b|[\d.]+"
)


def _every_text(thing: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Each text within a profile, and where it stands."""
    if isinstance(thing, str):
        yield place, thing
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from _every_text(value, f"{place}/{key}")
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _every_text(value, place)


# The fields of a profile that hold sentences for people.
_SENTENCES = re.compile(
    r"/(text|statement|why|notes|warnings|reason|changes|watch_for|what_helps|see_someone|about_you|evidence"
    r"|sureness|article|first_lines|summary|support_option|disclaimer|how|start|progress|stop_when|with_therapist"
    r"|plain|exact|effect|interval|population|name|whom_to_see|assumption|rule_set)$"
    r"|/(parameters|strategies)/source$"
)


def _unsaid(profile: FitProfile, told: Language) -> set[str]:
    return {
        text
        for place, text in _every_text(to_tree(profile))
        if _SENTENCES.search(place) and not _SOURCES.search(place) and not published(text)
        if _left_over(told(text))
    }


# The strength of evidence is an id.
_SOURCES = re.compile(r"/parameters/evidence$")


def _left_over(shown: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}", _SAME_EVERYWHERE.sub("", outside_brackets(shown))))


def test_every_sentence_of_a_profile_can_be_said_in_another_language(
    profiles: tuple[FitProfile, ...],
) -> None:
    """Read from its file, where it is plain English."""
    for profile in profiles:
        assert _unsaid(from_json(to_json(profile).encode(), "x.json"), brackets()) == set()


def test_the_source_of_a_norm_is_told_with_how_sure_it_is(profiles: tuple[FitProfile, ...]) -> None:
    votes = [v for foot in profiles[0].feet if foot.posture for v in foot.posture.indices]
    assert votes
    with speaking(brackets()):
        for vote in votes:
            bare = vote.source.partition(" (")[0]
            assert published(bare) or not _left_over(wording.source_words(vote.source)), vote.source


def test_the_same_profile_comes_out_whatever_language_is_spoken(profiles: tuple[FitProfile, ...]) -> None:
    for profile in profiles:
        with speaking(brackets()):
            again = told_again(profile, answers=None)
            written = to_json(profile)
        assert to_json(again) == to_json(told_again(profile, answers=None))
        assert written == to_json(profile)


def test_how_a_measure_is_defined_and_taken_with_a_ruler_is_in_every_catalogue() -> None:
    told = {text for m in BY_ID.values() for text in (m.name, m.definition, m.home) if text}
    for path in CATALOGUES:
        texts = texts_of(path)
        assert {text for text in told if not texts.get(text)} == set()


def test_words_of_the_rules_are_in_the_catalogue() -> None:
    assert plainly("very_low_arch") in texts_of(TEMPLATE)


def test_a_text_that_one_thread_looks_up_is_not_english_for_another(monkeypatch):
    german = Language("de", {"measured are {n} feet": "gemessen sind {n} Füße"})
    inside, go_on, found = threading.Event(), threading.Event(), []
    look = Language._look

    def slow(self, text):
        inside.set()
        go_on.wait(5)
        return look(self, text)

    monkeypatch.setattr(Language, "_look", slow)
    threads = [threading.Thread(target=lambda: found.append(german("measured are 2 feet"))) for _ in range(2)]
    threads[0].start()
    inside.wait(5)
    threads[1].start()
    threads[1].join(0.2)
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert found == ["gemessen sind 2 Füße"] * 2


def test_why_something_was_taken_stays_in_the_words_of_who_took_it() -> None:
    tried = TryOn((Tried(("A",), "Arc", 6.0),), ("A",), reason="sitting.", by="KM")
    with speaking(Language("de", {"Reason: {reason}.": "Grund: {reason}.", "sitting": "sitzend"})):
        assert try_on_lines(tried)[1].endswith("Grund: sitting.")
