"""What leaves the program comes back: JSON, CSV, and a report to read."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace

import pytest
from example_profiles import ALL_CLEAR, RULER, STOP_YES, fitted, measured_only, pair, typed
from hypothesis import given, settings
from hypothesis import strategies as st

from fitter.anatomy.measures import IDS
from fitter.captures import Capture
from fitter.entry import EnteredFoot, entered_value
from fitter.errors import Cancelled, FitterError
from fitter.exchange import csv_profile, json_profile, pdf_page, pdf_report, pdf_type
from fitter.exchange.folder import write_folder
from fitter.exchange.wording import plain
from fitter.files import write_files
from fitter.journey import run_journey
from fitter.knee.knee import Flag
from fitter.profile import CaptureRecord, FitProfile, FitResult
from fitter.quantity import Quantity
from fitter.resources import data_folder

PROFILES = {
    "one foot": fitted(),
    "two feet": fitted(*pair()),
    "measured only": measured_only(*pair()),
    "stopped": fitted(answers=STOP_YES),
    "asked and clear": fitted(answers={**ALL_CLEAR, "body_mass_kg": 71.5, "pain_where": ["around_kneecap"]}),
    "nothing to tell from": fitted(typed(foot_length=251.0)),
}
every_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())


def through_json(profile: FitProfile) -> FitProfile:
    return json_profile.from_json(json_profile.to_json(profile).encode(), "profile.json")


def through_csv(profile: FitProfile) -> FitProfile:
    return csv_profile.from_csv(csv_profile.to_csv(profile).encode(), "profile.csv")


@every_profile
def test_json_is_rounded_once_and_then_comes_back_unchanged(profile):
    once = through_json(profile)
    assert json_profile.to_json(once) == json_profile.to_json(profile)
    assert through_json(once) == once


@every_profile
def test_csv_and_json_hold_the_same_profile(profile):
    assert through_csv(profile) == through_json(profile)
    assert csv_profile.to_csv(through_csv(profile)) == csv_profile.to_csv(profile)


@every_profile
def test_rounding_moves_no_number_by_more_than_it_says(profile):
    for before, after in zip(profile.feet, through_json(profile).feet, strict=True):
        for measure_id in IDS:
            a, b = before.measurements.readings[measure_id], after.measurements.readings[measure_id]
            if isinstance(a, Quantity):
                step = 0.0005 if a.unit in ("mm", "deg", "%", "mm/kN") else 0.000005
                assert abs(a.value - b.value) <= step * 1.001
                assert abs(a.u95 - b.u95) <= step * 1.001
            else:
                assert a == b


def test_the_json_has_the_promised_shape():
    tree = json.loads(json_profile.to_json(PROFILES["one foot"]))
    (foot,) = tree["feet"]
    assert foot["side"] == "right"
    length = {"value": 251.0, "u95": 3.0, "unit": "mm", "known_u95": 2.598}
    assert foot["measurements"]["foot_length"] == length
    assert set(foot["measurements"]["arch_height"]) == {"value", "reason"}
    assert set(foot["measurements"]["arch_height"]["reason"]) == {"code", "text"}
    assert list(foot["measurements"]) == list(IDS)
    posture = foot["posture"]
    assert {"class", "score", "probabilities", "flatfoot", "agreement", "indices"} <= set(posture)
    low, high = posture["score"]["interval"]
    assert low == pytest.approx(posture["score"]["value"] - posture["score"]["u95"], abs=1e-5)
    assert high == pytest.approx(posture["score"]["value"] + posture["score"]["u95"], abs=1e-5)
    assert set(posture["flatfoot"]) == {"answer", "probability"}
    assert tree["red_flags"] == {"asked": False, "stop": [], "mention": tree["red_flags"]["mention"]}
    assert {"file", "sha256", "side", "load", "units"} <= set(tree["captures"][0])
    assert {"schema_version", "warnings", "knee", "disclaimer"} <= set(tree)


def test_measuring_alone_says_nothing_of_posture_support_or_knee():
    tree = json.loads(json_profile.to_json(PROFILES["measured only"]))
    assert not {"knee", "red_flags", "disclaimer", "answers"} & set(tree)
    assert not {"posture", "support"} & set(tree["feet"][0])


def test_a_stop_answer_is_written_with_whom_to_see():
    tree = json.loads(json_profile.to_json(PROFILES["stopped"]))
    assert tree["red_flags"]["asked"] is True
    assert tree["red_flags"]["stop"][0]["whom_to_see"]
    assert tree["feet"][0]["support"]["parameters"] == []


def edited(path: str, value: object) -> bytes:
    """A good profile with one field changed (or removed, where ``value`` is the ellipsis)."""
    tree = json.loads(json_profile.to_json(PROFILES["one foot"]))
    *way, last = [int(step) if step.isdecimal() else step for step in path.split("/")]
    node = tree
    for step in way:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return json.dumps(tree).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[]", "no schema_version"),
        (b"[" * 100000, "nested too deep"),
        (edited("schema_version", "9.0"), "schema_version '9.0'"),
        (edited("feet/0/side", "middle"), "side"),
        (edited("feet/0/measurements/foot_length/value", "long"), "expected a number"),
        (edited("feet/0/measurements/foot_length/u95", -1), "u95"),
        (edited("feet/0/measurements/foot_length/unit", 3), "expected a text"),
        (edited("feet/0/measurements/toe_count", {"value": 5}), "toe_count"),
        (edited("feet/0/measurements", []), "measurements"),
        (edited("feet/0/quality", ...), "quality"),
        (edited("feet/0/posture/class", "flat"), "class"),
        (edited("feet", 3), "feet"),
        (edited("red_flags/asked", "no"), "true or false"),
    ],
)
def test_a_damaged_profile_gets_one_line_that_names_the_place(data, says):
    with pytest.raises(FitterError) as caught:
        json_profile.from_json(data, "profile.json")
    assert str(caught.value).startswith("profile.json: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_measure_younger_than_the_profile_is_missing_with_a_reason():
    old = json_profile.from_json(edited("feet/0/measurements/staheli_index", ...), "profile.json")
    assert old.feet[0].measurements.why_missing("staheli_index").code == "not_recorded"


HEADER = ",".join(csv_profile.COLUMNS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "columns"),
        ("a,b\n1,2\n", "columns"),
        (f"{HEADER}\n2,left,standing,source,,,,,,,,entered\n", "line 2"),
        (
            f"{HEADER}\n1,left,standing,source,,,,,,,,entered\n1,right,standing,source,,,,,,,,scan\n",
            "another side",
        ),
        (f"{HEADER}\n,,,warnings,[0],,,,,a\n,,,warnings,[0],,,,,b\n", "twice"),
        (f"{HEADER}\n,,,schema_version,,1.0.0,,,,\n", "expected a number"),
        (f"{HEADER}\n,,,schema_version,,,,,,,,1.0\n", "not a fit profile"),
    ],
)
def test_a_damaged_table_gets_one_line(text, says):
    with pytest.raises(FitterError) as caught:
        csv_profile.from_csv(text.encode(), "profile.csv")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_table_has_a_row_a_measure_that_a_spreadsheet_can_filter():
    rows = csv_profile.to_csv(PROFILES["one foot"]).splitlines()
    assert rows[0] == "foot,side,load,section,id,value,u95,known_u95,unit,basis,code,text"
    assert "1,right,standing,measurements,foot_length,251.0,3.0,2.598,mm,,," in rows
    assert any(row.startswith("1,right,standing,measurements,arch_height,,,,,,needs_scan,") for row in rows)


NASTY = st.text(max_size=12).filter(lambda s: s.isprintable()) | st.sampled_from(
    ["=1+1", "'quoted", "-", "a\nb", 'say "hi"', "a/b", "~0", "[0]", "1", "", "@x", "null"]
)
JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6) | NASTY,
    lambda child: st.lists(child, max_size=3) | st.dictionaries(NASTY, child, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(warning=NASTY, name=NASTY, answers=st.dictionaries(NASTY, JSON_VALUE, max_size=4))
def test_any_name_answer_or_warning_survives_both_formats(warning, name, answers):
    capture = CaptureRecord(name, "0" * 64, "left", "standing", "mm", "scan")
    profile = replace(
        PROFILES["measured only"], warnings=(warning,), captures=(capture,), answers=answers or None
    )
    once = through_json(profile)
    assert through_json(once) == once
    assert through_csv(profile) == once


def test_no_cell_can_run_as_a_formula():
    text = csv_profile.to_csv(replace(PROFILES["one foot"], warnings=("=HYPERLINK(1)",)))
    assert ",'=HYPERLINK(1)" in text
    assert not [row for row in text.splitlines() if row.endswith(",=HYPERLINK(1)")]


# ---------------------------------------------------------------------------------------- the report


def drawn(profile: FitProfile) -> FitResult:
    """A result whose feet were measured by hand."""
    return FitResult(profile, (None,) * len(profile.feet), ({},) * len(profile.feet))


def crowded() -> FitProfile:
    """Two feet with more to say, and longer names, than any real person has."""
    full = PROFILES["two feet"]
    flags = tuple(
        Flag(f"f{n}", "Something about this foot differs from the other one. " * 2, "A clinician.")
        for n in range(4)
    )
    capture = replace(full.captures[0], file="a_very_long_name_" * 12 + ".stl")
    return replace(
        full,
        captures=(capture, capture),
        warnings=("The two feet differ from each other in many ways that matter. " * 3,),
        red_flags=replace(full.red_flags, stop=flags[:2], mention=flags),
    )


@pytest.fixture
def set_words(monkeypatch):
    """Every piece of text set on a page that is kept: (left, top, right, bottom, words, number of page)."""
    pieces = []
    plainly = pdf_page.Page.text

    def noted(page, x, y, width, words, **how):
        below = plainly(page, x, y, width, words, **how)
        if not page.trial:
            pieces.append((x, y, x + width, below, words, page.pdf.page_no()))
        return below

    monkeypatch.setattr(pdf_page.Page, "text", noted)
    return pieces


REPORTS = {**PROFILES, "crowded": crowded(), "four captures": fitted(*pair(), *pair())}


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_on_a_report_overlaps_or_leaves_its_page(name, set_words):
    data = pdf_report.to_pdf(drawn(REPORTS[name]))
    # The feet on one page, several on up to three; the knee explained on pages of its own.
    explained = any(c.evidence for c in REPORTS[name].knee.contributors) if REPORTS[name].knee else False
    assert data.count(b"/Type /Page\n") <= (1 if len(REPORTS[name].feet) == 1 else 3) + explained
    for left, top, right, bottom, words, _page in set_words:
        assert left >= 13.9, words
        assert right <= 196.1, words
        assert top >= 5.0, words
        assert bottom <= 292.0, words
    for n, a in enumerate(set_words):
        for b in (b for b in set_words[n + 1 :] if b[5] == a[5]):
            apart = a[2] <= b[0] + 0.1 or b[2] <= a[0] + 0.1 or a[3] <= b[1] + 0.1 or b[3] <= a[1] + 0.1
            assert apart, (a, b)


def home_protocol(captures: int) -> FitProfile:
    """Both feet standing, and the instep height sitting of as many as make up the captures."""
    left, right = ({**RULER, "foot_length": length, "ball_breadth": 104.0} for length in (256.0, 251.0))
    feet = [("left", "standing", left), ("right", "standing", right)]
    feet += [(side, "sitting", {"instep_height": 66.0}) for side in ("left", "right")]
    entered = [
        EnteredFoot(side, load, {k: entered_value(k, v) for k, v in values.items()})
        for side, load, values in feet[:captures]
    ]
    return run_journey([], entered=entered).profile


@pytest.mark.parametrize("captures", [2, 3, 4])
def test_no_number_on_a_report_is_broken_across_lines(captures, set_words, monkeypatch):
    heights = []
    plainly = pdf_page.Page.text

    def noted(page, x, y, width, words, **how):
        below = plainly(page, x, y, width, words, **how)
        single = page._leading(how.get("size", 8.0))
        lines = round((below - y) / single)
        if (
            not page.trial
            and lines > 1
            and re.fullmatch(r"((wo)?men.)?[\d(][^a-z]*((wo)?men[^a-z]*)?|(left|right)[a-z, ]*", words)
        ):
            heights.append((words, lines))
        return below

    monkeypatch.setattr(pdf_page.Page, "text", noted)
    pdf_report.to_pdf(drawn(home_protocol(captures)))
    # A cell for women and men has a line for each, and no more.
    assert [(w, n) for w, n in heights if n > 2 or " men" not in w] == []


def test_a_sitting_foot_has_no_column_among_standing_adults(set_words):
    pdf_report.to_pdf(drawn(home_protocol(4)))
    place = next(n for n, piece in enumerate(set_words) if piece[4] == "Size")
    assert [piece[4] for piece in set_words[place + 1 : place + 3]] == ["left, standing", "right, standing"]
    assert set_words[place + 3][4].endswith("percentile")


@every_profile
def test_the_report_holds_every_measure_with_its_error(profile, set_words):
    pdf_report.to_pdf(drawn(profile))
    words = [piece[4] for piece in set_words]
    for foot in profile.feet:
        for measure_id in IDS:
            q = foot.measurements.get(measure_id)
            if q is not None:
                assert f"{plain(q.value, q.unit)} ± {plain(q.u95, q.unit)}" in words


def test_the_report_says_stop_first_and_recommends_nothing(set_words):
    pdf_report.to_pdf(drawn(PROFILES["stopped"]))
    words = [piece[4] for piece in set_words]
    assert "Please see someone first" in words[:5]
    assert not [w for w in words if w.startswith("Arch support height")]


def test_the_report_of_a_foot_it_cannot_tell_says_so(set_words):
    pdf_report.to_pdf(drawn(PROFILES["nothing to tell from"]))
    assert "Cannot tell" in [piece[4] for piece in set_words]


def test_the_same_scan_gives_the_same_report_with_its_pictures():
    path = data_folder("sample_scans") / "neutral_right.stl"
    result = run_journey([Capture(path.name, path.read_bytes(), "right", "standing")])
    data = pdf_report.to_pdf(result)
    assert data == pdf_report.to_pdf(result)
    assert data.count(b"/Subtype /Image") == 3
    assert data.count(b"/Type /Page\n") == 3  # the foot, the knee explained, the knee drawn


def test_the_report_shows_a_question_mark_for_a_letter_its_fonts_lack(set_words, caplog):
    profile = PROFILES["one foot"]
    capture = replace(profile.captures[0], file="足 Ťažká нога ≥ 1.stl")
    pdf_report.to_pdf(drawn(replace(profile, captures=(capture,))))
    assert not caplog.records


def test_the_bundled_fonts_are_small_and_carry_their_licence():
    assert sum(p.stat().st_size for p in pdf_type.FONTS.glob("*.ttf")) < 400_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (pdf_type.FONTS / "OFL.txt").read_text()


# ---------------------------------------------------------------------------------------- files


def test_when_one_file_cannot_be_written_none_is(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"before")
    part = f".b.txt.{os.getpid()}.part"
    (tmp_path / part).mkdir()
    with pytest.raises(OSError, match=r"b\.txt"):
        write_files({tmp_path / "a.txt": b"after", tmp_path / "b.txt": b"after"})
    assert (tmp_path / "a.txt").read_bytes() == b"before"
    assert sorted(p.name for p in tmp_path.iterdir()) == [part, "a.txt"]


def test_an_export_cancelled_before_it_writes_leaves_nothing(tmp_path):
    def cancelled() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        write_folder(drawn(PROFILES["one foot"]), tmp_path / "out", before_writing=cancelled)
    assert not (tmp_path / "out").exists()
