"""Measures taken by hand: what a person may write, and what is made of it."""

from __future__ import annotations

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitter.anatomy.measures import ENTERABLE, IDS
from fitter.entry import EnteredFoot, WildReadingError, entered_value, measurements_from_entry
from fitter.entry_files import is_measurement_file, parse_measurement_file, to_csv
from fitter.errors import FitterError
from fitter.lengths import shown, shown_error
from fitter.measurements import NEEDS_TWO_LOADS
from fitter.quantity import Missing, Quantity

PLAIN = """side,load,measure,value,unit,u95
right,standing,foot_length,251,mm,2
right,standing,ball_length,184,mm,
right,standing,instep_height,63,mm,
"""


def parse(text: str, name: str = "feet.csv") -> tuple[EnteredFoot, ...]:
    return parse_measurement_file(name, text.encode())


def judged(text: str, name: str) -> None:
    for entered in parse(text, name):
        measurements_from_entry(entered)


def refused(text: str, name: str = "feet.csv") -> str:
    with pytest.raises(FitterError) as caught:
        judged(text, name)
    line = str(caught.value)
    assert "\n" not in line
    return line


def foot(**values: float) -> EnteredFoot:
    return EnteredFoot("right", "standing", {k: entered_value(k, v) for k, v in values.items()})


def test_csv_and_json_say_the_same_foot():
    tree = {
        "feet": [
            {
                "side": "right",
                "load": "standing",
                "measurements": {
                    "foot_length": {"value": 25.1, "unit": "cm", "u95": 0.2},
                    "ball_length": 184,
                    "instep_height": {"value": 63, "unit": "mm"},
                },
            }
        ]
    }
    assert parse(json.dumps(tree), "feet.json") == parse(PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + PLAIN,
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", ";").replace("251", "251,0"),
        PLAIN.replace("251,mm,2", '"25,1",cm,"0,2"'),
        PLAIN.upper(),
        PLAIN.replace("foot_length", "Foot length").replace("right,", "R,"),
        "# measured on a Monday\n\n"
        + PLAIN.replace("\nright", "\n\n,,,,,\n# comment, with commas\nright", 1),
    ],
    ids=["bom", "semicolon", "tab", "crlf", "decimal comma", "quoted", "upper case", "names", "comments"],
)
def test_however_a_spreadsheet_writes_it_the_foot_is_the_same(text):
    assert parse(text) == parse(PLAIN)


def test_a_spreadsheets_unicode_text_is_read():
    assert parse_measurement_file("feet.txt", PLAIN.replace(",", "\t").encode("utf-16")) == parse(PLAIN)


def test_units_are_converted_and_so_is_the_error():
    (in_inch,) = parse("side,measure,value,unit,u95\nleft,foot_length,10,in,0.1\n")
    assert in_inch.load == "unknown"
    assert in_inch.values["foot_length"].value == pytest.approx(254.0)
    assert in_inch.values["foot_length"].u95 == pytest.approx(2.54)


@pytest.mark.parametrize("cells", ['10,"', '10,""""', "10,″", "10,”", "10,''", '10,",0.118110236'])
def test_an_inch_sign_is_a_unit(cells):
    header = "side,measure,value,unit,u95" if cells.count(",") == 2 else "side,measure,value,unit"
    (entered,) = parse(f"{header}\nright,foot_length,{cells}\n")
    assert entered.values["foot_length"].value == 254.0
    assert entered.values["foot_length"].u95 == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("side,measure,value\nright,foot_lenght,251\n", ["line 2", "foot_lenght", "nearest is foot_length"]),
        ("side,measure,value\nright,foot_length,25l\n", ["line 2", "value", "'25l'", "number"]),
        ("side,measure,value\nright,foot_length,\n", ["line 2", "value is empty"]),
        ("side,measure,value\nright,foot_length,nan\n", ["line 2", "number"]),
        ("side,measure,value\nright,foot_length,1e999\n", ["line 2", "number"]),
        ("side,measure,value\nright,foot_length,1_000\n", ["line 2", "number"]),
        ("side,measure,value\nmiddle,foot_length,251\n", ["line 2", "side", "left, right"]),
        ("side,load,measure,value\nright,standin,foot_length,251\n", ["load", "nearest is standing"]),
        ("side,measure,value,unit\nright,foot_length,251,furlong\n", ["unit", "furlong", "mm"]),
        ("side,measure,value,unit,u95\nright,foot_length,251,mm,0\n", ["u95", "above 0"]),
        ("side,measure,value,unit,u95\nright,foot_length,251,mm,-3\n", ["u95", "above 0"]),
        (
            "side,measure,value,unit,u95\nright,instep_height,63,mm,1e308\n",
            ["line 2", "at most half of the value (31.5 mm)", "leave it out"],
        ),
        ("side,measure,value,unit,u95\nleft,foot_length,25,cm,13\n", ["u95 is 13 cm", "12.5 cm"]),
        ("side,measure,value\nright,foot_length,9999999\n", ["is 9999999 mm"]),
        ("side,measure,value,unit\nright,foot_length,10 in,cm\n", ["'10 in'", "given as cm", "unit once"]),
        ("side,measure,value\nright,foot_length,9 8/7 in\n", ["'9 8/7 in'", "expected a number"]),
        (
            "side,measure,value,repeat\nright,foot_length,251,1\nright,foot_length,252,1\n",
            ["line 3", "twice", "number of its own"],
        ),
        ("side,measure,value\nright,arch_height_index,0.33\n", ["computed"]),
        ("side,measure,value\nright,arch_height,12\n", ["only from a scan"]),
        ("side,measure,value\nright,foot_length,251,5\n", ["line 2", "4 cells", "decimal comma"]),
        ("side,measure,valeu\nright,foot_length,251\n", ["no column value"]),
        ("side,measure,value,u_95\nright,foot_length,251,3\n", ["u_95", "nearest is u95"]),
        ("1.0 2.0 3.0\n1.0 2.0 4.0\n", ["no column side"]),
        ("side,measure,value\n", ["no measures"]),
        ("# nothing\n", ["no rows"]),
        ("   \n", ["empty"]),
        ("side,measure,value\nright,foot_length,25.1\n", ["25.1 mm", "would fit", "cm"]),
        ("side,measure,value\nright,foot_length,9.9\n", ["give the unit as in"]),
        ("side,measure,value\nright,foot_length,0.251\n", ["give the unit as m"]),
        (
            "side,measure,value,unit\nright,foot_length,251,cm\n",
            ["251 cm", "17 to 34 cm", "give the unit as mm"],
        ),
        (
            "side,measure,value\nright,foot_length,251\nright,ball_length,262\n",
            ["Foot length", "ball length"],
        ),
        ("side,measure,value\nright,ball_breadth,99\nright,ball_girth,190\n", ["twice the ball breadth"]),
    ],
)
def test_each_slip_gets_one_line_that_names_it(text, says):
    line = refused(text)
    for word in says:
        assert word in line


def _json_length(value: str) -> str:
    return '{"feet": [{"side": "left", "measurements": {"foot_length": ' + value + "}}]}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not valid JSON"),
        ("[1, 2]", "expected"),
        ('{"feet": 3}', "expected"),
        ('{"feet": [3]}', "foot 1"),
        (
            '{"feet": [{"side": "left", "measurements": {"foot_length": true}}]}',
            "foot_length: value is 'true'",
        ),
        ('{"feet": [{"side": "left", "measurements": {"foot_length": {"valeu": 3}}}]}', "nearest is value"),
        (
            '{"feet": [{"side": "left", "measurements": {"foot_length": {"value": null}}}]}',
            "expected a number",
        ),
        (
            '{"feet": [{"side": "left", "measurements": {"foot_length": {"value": 9, "unit": 3}}}]}',
            "unit is '3'",
        ),
        ('{"feet": [{"side": 3, "measurements": {"foot_length": 250}}]}', "side is '3'"),
        ('{"feet": [{"side": "left", "measurements": {"foot_length": 250, "foot_length": 251}}]}', "twice"),
        ('{"schema_version": "1.0", "feet": []}', "fit profile"),
        ('{"feet": []}', "no measures"),
        ("[" * 100000, "not valid JSON"),
        (_json_length("9" * 400), "expected a number"),
        (_json_length('{"value": 251, "u95": ' + "9" * 400 + "}"), "u95"),
        (_json_length("9" * 5000), "too long"),
        (_json_length('"' + "9" * 400 + ' 7/8"'), "expected a number"),
    ],
)
def test_a_bad_json_file_gets_one_line(text, says):
    assert says in refused(text, "feet.json")


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(FitterError, match="not a text file"):
        parse_measurement_file("feet.csv", b"solid\0\1\2\3")


def test_a_scan_is_not_taken_for_measures():
    for name, data in [
        ("feet.csv", b""),
        ("FEET.JSON", b""),
        ("feet", PLAIN.encode()),
        ("x.txt", b"\xef\xbb\xbf" + PLAIN.encode()),
    ]:
        assert is_measurement_file(name, data)
    assert not is_measurement_file("foot.stl", b"solid foot\nfacet normal 0 0 1\n")
    assert not is_measurement_file("foot.gltf", b'{"asset": {"version": "2.0"}}')
    assert not is_measurement_file("points.xyz", b"1 2 3\n4 5 6\n")


def test_what_was_not_typed_is_said_and_never_guessed():
    m = measurements_from_entry(foot(foot_length=251, instep_height=63))
    assert tuple(m.readings) == IDS
    assert m.source == "entered"
    length = m.get("foot_length")
    assert (length.value, length.u95, length.unit) == (251.0, 3.0, "mm")
    # 1.5 mm of it are how well the length is defined; the rest is the ruler's.
    assert length.known_u95 == pytest.approx((3.0**2 - 1.5**2) ** 0.5)
    assert m.why_missing("ball_length").code == "not_entered"
    index = m.why_missing("arch_height_index")
    assert index.code == "not_entered"
    assert "ball length" in index.text
    assert "instep" not in index.text
    assert m.why_missing("arch_index").code == "needs_scan"
    assert m.why_missing("arch_drop") == NEEDS_TWO_LOADS


def test_an_index_carries_the_error_of_both_its_readings():
    m = measurements_from_entry(foot(instep_height=63, ball_length=184))
    index = m.get("arch_height_index")
    assert index.value == pytest.approx(63 / 184)
    assert index.u95 == pytest.approx(63 / 184 * ((3 / 63) ** 2 + (5 / 184) ** 2) ** 0.5, rel=0.01)
    assert index.unit == "ratio"
    assert isinstance(m.readings["normalised_navicular_height"], Missing)


@pytest.mark.parametrize("quantity", [Quantity(25.1, 0.3, "mm"), Quantity(251.0, 184.0, "mm")])
def test_values_that_skipped_the_parser_are_still_judged(quantity):
    with pytest.raises(FitterError, match="right foot"):
        measurements_from_entry(EnteredFoot("right", "standing", {"foot_length": quantity}))


def test_every_plausible_value_may_carry_the_usual_error():
    for m in ENTERABLE:
        entered = foot(**{m.id: m.plausible[0]})
        assert tuple(measurements_from_entry(entered).readings) == IDS
        assert entered.values[m.id].u95 == m.entered_u95


# ------------------------------------------------------------------ however a person writes a length


@pytest.mark.parametrize(
    ("written", "mm"),
    [
        ("251", 251.0),
        ("251mm", 251.0),
        ("25,1 cm", 251.0),
        ("25.1cm", 251.0),
        ("0.251 m", 251.0),
        ("9.875 in", 250.825),
        ("9 7/8 in", 250.825),
        ('9 7/8"', 250.825),
        ("9-7/8 inches", 250.825),
        ("9⅞ in", 250.825),
        ("9 ⅞ in.", 250.825),
        ("9 7⁄8″", 250.825),
        ("25 1/2 cm", 255.0),
    ],
)
def test_a_length_is_read_however_it_is_written(written, mm):
    assert entered_value("foot_length", written).value == pytest.approx(mm)


def test_the_chosen_unit_counts_where_none_is_written():
    assert entered_value("foot_length", "9 7/8", usual_unit="in").value == pytest.approx(250.825)
    assert entered_value("foot_length", "251 mm", usual_unit="in").value == 251.0


@pytest.mark.parametrize(
    "slip",
    [
        "9 7",
        "9/8",
        "9 8/8",
        "9.5 1/2",
        "1/0",
        "7/1000",
        "9 7/8 ells",
        "--3",
        "½½",
        "9" * 400,
        10**400,
        "9" * 400 + " 7/8",
        "9" * 5000 + " 7/8",
    ],
)
def test_what_is_no_length_is_refused(slip):
    with pytest.raises(FitterError, match="expected a number"):
        entered_value("foot_length", slip, usual_unit="in")


@given(st.integers(7 * 16, 13 * 16))
def test_inches_are_shown_back_as_a_ruler_has_them(sixteenths):
    told = shown(sixteenths * 25.4 / 16, "in")
    assert entered_value("foot_length", told).value == pytest.approx(sixteenths * 25.4 / 16)


def test_a_contradiction_is_told_in_the_persons_own_unit():
    line = refused("side,measure,value,unit\nright,foot_length,9 7/8,in\nright,ball_length,10 1/4,in\n")
    assert "Foot length (9 7/8 in)" in line
    assert "ball length (10 1/4 in)" in line


def test_an_error_is_never_shown_smaller_than_it_is():
    assert shown_error(5.0, "in") == "1/4 in"
    assert shown_error(25.4 * 3 / 16, "in") == "3/16 in"
    assert shown_error(0.1, "in") == "1/16 in"
    assert shown_error(2.34, "mm") == "2.4 mm"
    assert shown_error(3.0, "cm") == "0.3 cm"


def test_an_error_finer_than_the_ruler_is_refused_in_words():
    with pytest.raises(FitterError, match=r"finer than a ruler can be read, expected at least 0\.5 mm"):
        entered_value("foot_length", 251, "mm", 0.01)
    with pytest.raises(FitterError, match=r"at least 0\.05 cm"):
        entered_value("foot_length", 25.1, "cm", 0.001)
    assert entered_value("foot_length", 251, "mm", 0.5).u95 == 0.5


# ------------------------------------------------------------------ repeats


def repeats(*lengths: float, measure: str = "foot_length") -> Quantity:
    rows = "".join(f"right,standing,{measure},{length}\n" for length in lengths)
    return parse("side,load,measure,value\n" + rows)[0].values[measure]


def test_three_repeats_give_their_mean_and_their_spread_the_error():
    close, far = repeats(250, 251, 252), repeats(247, 251, 255)
    assert close.value == far.value == 251.0
    assert 1.5 < close.u95 < 3.0 < far.u95
    assert close.basis == "mean of 3 readings"
    # By hand: usual spread sqrt(3^2 - 1.5^2) / 1.96 = 1.326 with 3 degrees of freedom, own spread 2 mm^2 with
    # 2; t(5) = 2.571; a millimetre's division; 1.5 mm of the definition.
    by_spread = 2.571 * ((3 * 1.326**2 + 2) / 5 / 3) ** 0.5
    assert close.u95 == pytest.approx((by_spread**2 + 0.566**2 + 1.5**2) ** 0.5, rel=0.002)


@given(st.lists(st.floats(246, 252), min_size=3, max_size=5), st.floats(1.0, 1.3))
def test_more_spread_never_gives_less_error(lengths, wider):
    middle = sum(lengths) / len(lengths)
    apart = [middle + wider * (x - middle) for x in lengths]
    with suppress(WildReadingError):  # named instead: no error is given at all
        assert repeats(*apart).u95 >= repeats(*lengths).u95 - 1e-9


def test_repeats_that_agree_say_more_than_one_reading_and_never_all():
    one, two, three = (repeats(*[251] * n) for n in (1, 2, 3))
    assert one.u95 > two.u95 > three.u95 > 1.5
    assert three.known_u95 < three.u95
    assert one.basis == ""


def test_a_ruler_read_to_the_eighth_gives_a_larger_error_than_one_read_to_the_sixteenth():
    def in_inches(*written: str) -> float:
        rows = "".join(f"right,foot_length,{w},in\n" for w in written)
        return parse("side,measure,value,unit\n" + rows)[0].values["foot_length"].u95

    eighths = in_inches("9 1/2", "9 1/2", "9 1/2")
    sixteenths = in_inches("9 7/16", "9 1/2", "9 1/2")
    assert 3.5 > eighths > sixteenths


def test_one_wild_repeat_is_named_and_two_that_differ_ask_for_a_third():
    header = "side,measure,value,unit\n"
    line = refused(header + "".join(f"left,foot_length,{v},cm\n" for v in ("25.1", "26.3", "25.2")))
    assert "line 3" in line
    assert "Foot length: reading 2 (26.3 cm) lies" in line
    assert "Measure reading 2 again" in line
    line = refused(header + "left,foot_length,251,mm\nleft,foot_length,215,mm\n")
    assert "251 mm and 215 mm" in line
    assert "third time" in line


def test_repeats_of_careful_hands_are_rarely_called_wild():
    rng = np.random.default_rng(3)
    refusals = 0
    for _ in range(2000):
        try:
            repeats(*rng.normal(251.0, 1.326, 3).round())
        except FitterError:
            refusals += 1
    assert refusals <= 8


def test_json_holds_repeats_as_a_list_in_any_unit():
    tree = {"feet": [{"side": "right", "measurements": {"foot_length": [251, "25.2 cm", '9 7/8"']}}]}
    (entered,) = parse(json.dumps(tree), "feet.json")
    assert entered.values["foot_length"].value == pytest.approx((251 + 252 + 250.825) / 3)
    tree["feet"][0]["measurements"]["foot_length"] = {"value": [25.1, 25.2], "unit": "cm"}
    assert parse(json.dumps(tree), "feet.json")[0].values["foot_length"].value == pytest.approx(251.5)
    tree["feet"][0]["measurements"]["foot_length"] = []
    assert "no reading" in refused(json.dumps(tree), "feet.json")


def test_both_loads_of_one_foot_make_two_entries():
    rows = "".join(f"right,{load},instep_height,{mm}\n" for load, mm in (("sitting", 66), ("standing", 62)))
    feet = parse("side,load,measure,value\n" + rows)
    assert [(f.load, f.values["instep_height"].value) for f in feet] == [("sitting", 66), ("standing", 62)]


# ------------------------------------------------------------------ a wet footprint


def printed(middle: float, forefoot: float = 90.0, heel: float = 55.0):
    widths = {"print_midfoot_width": middle, "print_forefoot_width": forefoot, "print_heel_width": heel}
    return measurements_from_entry(foot(**widths))


def test_the_widths_of_a_wet_footprint_give_its_two_indices():
    m = printed(30.0)
    chippaux, staheli = m.get("chippaux_smirak_index"), m.get("staheli_index")
    assert chippaux.value == pytest.approx(100 * 30 / 90)
    assert staheli.value == pytest.approx(30 / 55)
    assert chippaux.basis == staheli.basis == "wet footprint"
    expected = 100 * 30 / 90 * ((3 / 30) ** 2 + (3 / 90) ** 2) ** 0.5
    assert chippaux.known_u95 == pytest.approx(expected, rel=0.02)
    assert chippaux.u95 == pytest.approx((chippaux.known_u95**2 + 4.0**2) ** 0.5)


def test_a_parted_print_is_an_index_of_zero_with_an_error():
    chippaux = printed(0.0).get("chippaux_smirak_index")
    assert chippaux.value == 0.0
    assert chippaux.known_u95 == pytest.approx(100 * 3 / 90)


def test_a_print_is_no_wider_than_its_foot():
    with pytest.raises(FitterError, match="more than footprint, widest forefoot"):
        measurements_from_entry(foot(print_forefoot_width=102.0, ball_breadth=96.0))


def test_half_a_footprint_says_what_is_missing():
    m = measurements_from_entry(foot(print_midfoot_width=30.0))
    assert "footprint, widest forefoot" in m.why_missing("chippaux_smirak_index").text


MEASURE_VALUES = st.fixed_dictionaries(
    {},
    optional={
        m.id: st.builds(
            entered_value,
            st.just(m.id),
            st.floats(*m.plausible).map(lambda v: round(v, 9)).filter(lambda v, m=m: v <= m.plausible[1]),
            st.just("mm"),
            st.floats(0.5, m.plausible[0] / 2 or 9.0).map(lambda v: round(v, 9)),
        )
        for m in ENTERABLE
    },
).filter(bool)


@given(
    st.lists(
        st.builds(
            EnteredFoot,
            st.sampled_from(["left", "right"]),
            st.sampled_from(["sitting", "standing", "unknown"]),
            MEASURE_VALUES,
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda f: (f.side, f.load),
    )
)
def test_entered_feet_survive_their_csv(feet):
    assert parse_measurement_file("x.csv", to_csv(feet).encode()) == tuple(feet)
