"""Measures taken by hand: what a person may write, and what is made of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitter.anatomy.measures import ENTERABLE, IDS
from fitter.entry import (
    EnteredFoot,
    entered_value,
    is_measurement_file,
    measurements_from_entry,
    parse_measurement_file,
    to_csv,
)
from fitter.errors import FitterError
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
        ('side,measure,value\nright,foot_length,"10"""\n', ["expected a number", "unit is stated apart"]),
        ("side,measure,value\nright,foot_length,251\nright,foot_length,252\n", ["line 3", "twice"]),
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
            "side,measure,value\nright,foot_length,251\nright,ball_length,255\n",
            ["Foot length", "ball length"],
        ),
        ("side,measure,value\nright,ball_breadth,99\nright,ball_girth,190\n", ["twice the ball breadth"]),
    ],
)
def test_each_slip_gets_one_line_that_names_it(text, says):
    line = refused(text)
    for word in says:
        assert word in line


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
    assert m.get("foot_length") == Quantity(251.0, 3.0, "mm")
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
        assert measurements_from_entry(foot(**{m.id: m.plausible[0]})).get(m.id).u95 == m.entered_u95


MEASURE_VALUES = st.fixed_dictionaries(
    {},
    optional={
        m.id: st.builds(
            Quantity,
            st.floats(*m.plausible).map(lambda v: round(v, 9)).filter(lambda v, m=m: v <= m.plausible[1]),
            st.floats(0.001, m.plausible[0] / 2).map(lambda v: round(v, 9)),
            st.just("mm"),
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
