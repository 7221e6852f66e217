"""The match: what fits, what misses and by how much; pairs of feet; and what trying on decided."""

from __future__ import annotations

import itertools
import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from example_profiles import RULER, STOP_YES, fitted, pair, typed
from hypothesis import given
from hypothesis import strategies as st

from fitter import shop
from fitter.anatomy.measures import IDS
from fitter.by_hand import footing
from fitter.cli import main
from fitter.errors import FitterError
from fitter.exchange.csv_profile import from_csv, to_csv
from fitter.exchange.json_profile import from_json, to_json
from fitter.exchange.label import to_label
from fitter.exchange.text_report import to_text
from fitter.profile import FitProfile, FitResult
from fitter.resources import table
from fitter.support.catalogue import FOOTWEAR, Item
from fitter.support.following import Footing
from fitter.support.rule_set import shipped
from fitter.support.shelf import compared, in_words, on_shelf, told
from fitter.support.support import SupportProfile
from fitter.support.trying import Tried, overridden, restored, try_on

SHOES = {"footwear": "everyday"}


def item(sku: str = "A", name: str = "Arc", **values: object) -> Item:
    """An insole that fits the usual foot of these tests (251 mm, arch 17.7 mm) in everything."""
    usual = {
        "brand": "", "size_from": 248.0, "size_to": 254.0, "arch_height_mm": 17.5,
        "arch_position_percent": 44.0, "heel_cup_depth_mm": 12.0, "heel_cup_width_mm": 66.0,
        "posting_deg": 0.0, "firmness": "medium", "thickness_mm": 5.0, "footwear": ("everyday",), "stock": 3,
    }  # fmt: skip
    return Item(sku, name, **{**usual, **values})  # type: ignore[arg-type]


def one() -> FitProfile:
    return fitted(answers=SHOES)


def stands(profile: FitProfile | None = None) -> Footing:
    """What the rules need to answer again for the one foot of a profile."""
    return footing(profile or one(), 0, shipped())


def judged(changed: Item) -> dict[str, tuple[str, float]]:
    (foot,) = shop.wanted(one())
    return {j.id: (j.verdict, round(j.by, 2)) for j in compared(foot, changed).judged}


def test_an_insole_made_for_the_foot_fits_in_everything_that_is_compared() -> None:
    verdicts = judged(item())
    assert set(verdicts.values()) == {("fits", 0.0)}
    assert len(verdicts) == 9


@pytest.mark.parametrize(
    ("changed", "parameter", "verdict", "by"),
    [
        ({"arch_height_mm": 11.7}, "arch_height", "near", -2.0),
        ({"arch_height_mm": 10.0}, "arch_height", "misses", -3.7),
        ({"arch_height_mm": 21.0}, "arch_height", "near", 1.3),
        ({"arch_height_mm": 24.7}, "arch_height", "misses", 5.0),
        ({"size_from": 256.0, "size_to": 262.0}, "size", "misses", 5.0),
        ({"size_from": 242.0, "size_to": 249.0}, "size", "near", -2.0),
        ({"heel_cup_width_mm": 60.0}, "heel_cup_width", "misses", -4.0),
        ({"posting_deg": 3.0}, "posting", "misses", 3.0),
        ({"posting_deg": -2.0}, "posting", "misses", -2.0),
        ({"firmness": "soft"}, "firmness", "near", -1.0),
        ({"firmness": "firm"}, "firmness", "misses", 1.0),
        ({"thickness_mm": 9.5}, "thickness", "misses", 2.5),
        ({"footwear": ("boot",)}, "footwear", "misses", -1.0),
        ({"arch_position_percent": 55.0}, "arch_position", "misses", 17.65),
        ({"firmness": ""}, "firmness", "not_stated", 0.0),
    ],
)
def test_each_parameter_is_judged_by_itself_and_told_in_its_own_unit(changed, parameter, verdict, by) -> None:
    verdicts = judged(item(**changed))
    assert verdicts.pop(parameter) == (verdict, by)
    assert {v for v, _ in verdicts.values()} == {"fits"} or parameter == "size"


WORN = {"footwear": "everyday", "knee_osteoarthritis": True}


@pytest.mark.parametrize("tilt", [0.6, -0.6, 3.0])
def test_where_the_inner_knee_is_likely_worn_any_tilt_misses(tilt: float) -> None:
    def offered(answers: dict[str, object], **changed: object) -> tuple[bool, tuple[str, ...]]:
        soft = {"firmness": "soft", "arch_height_mm": 13.0}
        (offer,) = shop.match(fitted(answers=answers), [item(**{**soft, **changed})]).offers
        return offer.suits, told(offer, "misses")

    assert offered(SHOES, posting_deg=tilt)[0] == (abs(tilt) <= 1.0)
    assert offered(WORN, posting_deg=0.0) == (True, ())
    suits, misses = offered(WORN, posting_deg=tilt)
    assert not suits
    assert misses == (f"{'inner' if tilt > 0 else 'outer'} side raised {abs(tilt):g}° too much",)


def test_a_tilt_that_is_not_stated_is_asked_for_and_is_no_match_for_a_worn_inner_knee() -> None:
    silent = item(posting_deg=None, firmness="soft", arch_height_mm=13.0)
    asked = ("tilt under the heel not stated: ask the maker",)
    (usual,) = shop.match(fitted(answers=SHOES), [silent]).offers
    assert usual.suits
    assert told(usual, "not_stated") == asked
    shelf = shop.match(fitted(answers=WORN), [silent])
    assert not shelf.offers[0].suits
    assert told(shelf.offers[0], "misses") == asked
    assert shelf.statement.endswith("tilt under the heel not stated: ask the maker.")
    stated = item("B", "Zero", posting_deg=0.0, firmness="soft", arch_height_mm=13.0)
    assert [o.name for o in shop.match(fitted(answers=WORN), [silent, stated]).offers] == ["Zero", "Arc"]


def test_too_high_an_arch_costs_more_than_one_as_much_too_low() -> None:
    (foot,) = shop.wanted(one())
    high, low = compared(foot, item(arch_height_mm=21.2)), compared(foot, item(arch_height_mm=12.2))
    assert high.distance > low.distance > 0


def test_a_miss_is_told_with_its_size() -> None:
    shelf = shop.match(one(), [item(arch_height_mm=24.7, posting_deg=3.0)])
    assert told(shelf.offers[0], "misses") == ("arch 5 mm too high", "inner side raised 3° too much") or told(
        shelf.offers[0], "misses"
    ) == ("inner side raised 3° too much", "arch 5 mm too high")
    assert shelf.statement.startswith("None of these suits. The nearest is Arc: ")
    assert "arch 5 mm too high" in shelf.statement


def test_a_foot_between_two_sizes_written_in_whole_millimetres_is_in_one_of_them() -> None:
    feet = shop.wanted(fitted(typed("right", **{**RULER, "foot_length": 255.5}), answers=SHOES))
    assert compared(feet[0], item(size_from=251, size_to=255)).judged[0].verdict == "fits"
    assert compared(feet[0], item(size_from=256, size_to=260)).judged[0].verdict == "fits"


def test_the_order_does_not_hang_on_the_order_of_the_catalogue() -> None:
    items = shop.example().items
    orders = {
        tuple(o.skus for o in shop.match(one(), list(rows)).offers)
        for rows in (items, items[::-1], (*items[20:], *items[:20]))
    }
    assert len(orders) == 1


def test_what_is_sold_out_goes_last_or_is_left_out() -> None:
    items = [item("A", "Best", stock=0), item("B", "Worse", arch_height_mm=30.0)]
    assert [o.name for o in shop.match(one(), items).offers] == ["Worse", "Best"]
    assert "sold out: Best" in shop.match(one(), items).statement
    assert [o.name for o in shop.match(one(), items, keep_sold_out=False).offers] == ["Worse"]


def test_what_a_shoe_takes_decides_and_what_was_not_asked_is_not_judged() -> None:
    thick = item(thickness_mm=6.5, footwear=("any",))
    assert shop.match(one(), [thick]).offers[0].suits
    slim = shop.match(fitted(answers={"footwear": "slim"}), [thick])
    assert told(slim.offers[0], "misses") == ("2.5 mm too thick for the shoe",)
    unasked = shop.match(fitted(), [thick])
    assert unasked.offers[0].suits
    assert "not asked" in unasked.notes[0]
    assert "Sandals" in shop.match(fitted(answers={"footwear": "open"}), [thick]).notes[0]


def test_what_no_catalogue_has_is_said_to_be_added() -> None:
    profile = one()
    foot = profile.feet[0]
    pad = next(p for p in foot.support.parameters if p.id == "metatarsal_pad")
    lift = replace(pad, id="heel_lift", name="Heel lift", value=4.0, low=2.0, high=6.0, unit="mm")
    parameters = (*foot.support.parameters, lift)
    wanting = replace(foot, support=replace(foot.support, parameters=parameters))
    assert any("heel lift" in n for n in shop.match(replace(profile, feet=(wanting,)), [item()]).notes)
    assert not any("added" in n for n in shop.match(profile, [item()]).notes)


def test_the_table_of_the_match_names_only_what_there_is() -> None:
    rules, support = table("support/shelf.toml"), table("support/rules.toml")
    known = {p["id"] for p in support["parameter"]} | set(IDS)
    for row in rules["compare"]:
        assert row.get("of", "foot_length") in known, row["id"]
        assert row.get("column", "sku") in {f.name for f in fields(Item)}, row["id"]
        assert row["below"] > 0 < row["above"]
        assert row["weight"] > 0
        assert row["reason"]
    assert set(rules["footwear"]) == set(FOOTWEAR)


def test_two_feet_nearly_alike_take_one_pair_and_feet_two_sizes_apart_take_two() -> None:
    small, large = item("S", size_from=247, size_to=253), item("L", size_from=254, size_to=260)
    alike = [typed("left", **{**RULER, "foot_length": 254.0}), typed("right", **RULER)]
    shelf = shop.match(fitted(*alike, answers=SHOES), [small, large])
    assert shelf.offers[0].skus == ("S",), "1 mm beyond a size is no reason to buy two pairs"
    apart = [typed("left", **{**RULER, "foot_length": 260.0}), typed("right", **RULER)]
    shelf = shop.match(fitted(*apart, answers=SHOES), [small, large])
    assert shelf.offers[0].skus == ("L", "S")
    assert "two sizes: left L, right S" in shelf.statement


def test_feet_that_need_different_models_are_told_so() -> None:
    low, high = (
        replace(foot, support=_with_arch(foot.support, value))
        for foot, value in zip(fitted(*pair(), answers=SHOES).feet, (10.0, 30.0), strict=True)
    )
    profile = replace(fitted(*pair(), answers=SHOES), feet=(low, high))
    items = [
        item("LO", "Low", size_from=250, size_to=260, arch_height_mm=10.0),
        item("HI", "High", size_from=250, size_to=260, arch_height_mm=30.0),
    ]
    shelf = shop.match(profile, items)
    assert shelf.statement == "No model suits both feet; each has its own: left Low (LO), right High (HI)."
    assert [c.item.sku for c in shelf.apart] == ["LO", "HI"]


def _with_arch(support: SupportProfile | None, value: float) -> SupportProfile:
    assert support is not None
    return overridden(support, "arch_support_height", value, "for this test", "T", stands())


def test_a_red_flag_gets_nothing_from_the_shelf() -> None:
    stopped = on_shelf(shop.wanted(fitted(answers=STOP_YES)), [item()])
    assert stopped.withheld is not None
    assert not stopped.offers


@given(st.floats(0.0, 60.0), st.floats(0.0, 60.0))
def test_going_further_from_what_is_wanted_never_brings_an_item_nearer(one_mm: float, other: float) -> None:
    (foot,) = _FOOT
    value = next(p.value for p in foot.support.parameters if p.id == "arch_support_height")
    near, far = sorted((one_mm, other), key=lambda h: abs(h - value))
    if (near - value) * (far - value) >= 0:
        assert (
            compared(foot, item(arch_height_mm=near)).distance
            <= compared(foot, item(arch_height_mm=far)).distance
        )


_FOOT = shop.wanted(fitted(answers=SHOES))


def test_every_verdict_has_words() -> None:
    (foot,) = _FOOT
    changes = (
        {"arch_height_mm": h, "posting_deg": p, "heel_cup_depth_mm": d, "firmness": f, "footwear": ("boot",)}
        for h, p, d, f in itertools.product((2.0, 50.0), (-5.0, 5.0), (2.0, 30.0), ("soft", "firm", ""))
    )
    for change in changes:
        words = [in_words(j) for j in compared(foot, item(**change)).judged]
        assert all(words)
        assert not any("{" in w for w in words)


# ---------------------------------------------------------------------------------------- by hand


def test_an_override_is_marked_and_its_undoing_leaves_nothing_behind() -> None:
    support = one().feet[0].support
    changed = overridden(support, "arch_support_height", 14.0, "pressed", "KM", stands())
    again = overridden(changed, "arch_support_height", 15.0, "too low", "KM", stands())
    was = next(p for p in support.parameters if p.id == "arch_support_height")
    now = next(p for p in again.parameters if p.id == "arch_support_height")
    assert now.value == 15.0
    assert (now.override.value, now.override.reason) == (was.value, "too low")
    assert now.high - now.low == pytest.approx(was.high - was.low)
    assert restored(again, "arch_support_height", stands()) == support


@pytest.mark.parametrize(
    ("parameter", "value", "reason", "by", "code"),
    [
        ("arch_support_height", 99.0, "higher", "KM", "out_of_bounds"),
        ("arch_support_height", "high", "higher", "KM", "out_of_bounds"),
        ("shell_stiffness", "wobbly", "why not", "KM", "out_of_bounds"),
        ("shell_stiffness", 3.0, "why not", "KM", "out_of_bounds"),
        ("arch_support_height", 15.0, " ", "KM", "needs_reason"),
        ("arch_support_height", 15.0, "lower", "", "needs_reason"),
        ("arch_colour", 15.0, "red", "KM", "unknown_parameter"),
    ],
)
def test_an_override_needs_a_reason_a_name_and_a_safe_value(parameter, value, reason, by, code) -> None:
    with pytest.raises(FitterError) as error:
        overridden(one().feet[0].support, parameter, value, reason, by, stands())
    assert error.value.code == code


TRIED = (Tried(("A",), "Arc", 6.0), Tried(("B",), "Low", 8.5))


def test_trying_on_decides_and_asks_why_where_comfort_was_not_followed() -> None:
    assert try_on(TRIED, ("B",), suggested=("A",)).reason == ""
    for chosen in (("A",), ()):
        with pytest.raises(FitterError) as error:
            try_on(TRIED, chosen, suggested=("A",))
        assert error.value.code == "needs_reason"
        assert try_on(TRIED, chosen, reason="no other colour").chosen == chosen
    alike = (TRIED[0], replace(TRIED[1], comfort=6.5))  # half a point is no difference
    with pytest.raises(FitterError, match="A was suggested"):
        try_on(alike, ("B",), suggested=("A",))


@pytest.mark.parametrize(
    ("tried", "chosen"),
    [((), ()), (TRIED, ("C",)), ((TRIED[0], TRIED[0]), ("A",)), ((replace(TRIED[0], comfort=11.0),), ("A",))],
)
def test_a_record_of_trying_on_that_cannot_be_is_refused(tried, chosen) -> None:
    with pytest.raises(FitterError):
        try_on(tried, chosen, reason="because")


def decided() -> FitProfile:
    profile = one()
    foot = profile.feet[0]
    support = overridden(foot.support, "shell_stiffness", "soft", "liked it softer", "KM", stands())
    record = try_on(TRIED, ("A",), suggested=("B",), reason="no other size", by="KM")
    return replace(profile, feet=(replace(foot, support=support),), try_on=record)


def test_what_was_decided_stands_in_every_document_and_comes_back_whole() -> None:
    profile = decided()
    assert from_json(to_json(profile).encode(), "profile.json") == from_json(
        to_json(from_json(to_json(profile).encode(), "profile.json")).encode(), "profile.json"
    )
    back = from_json(to_json(profile).encode(), "profile.json")
    assert back.try_on == profile.try_on
    assert back.feet[0].support == profile.feet[0].support
    assert from_csv(to_csv(profile).encode(), "profile.csv") == back
    text = " ".join(to_text(profile).split())
    assert "set by hand by KM, was medium: liked it softer" in text
    assert "Taken: Arc (A) by KM. Reason: no other size." in text
    plain = json.loads(to_json(one()))
    assert "try_on" not in plain
    assert all("override" not in p for p in plain["feet"][0]["support"]["parameters"])


def test_the_report_has_a_line_of_what_was_set_by_hand_and_tried(monkeypatch) -> None:
    from fitter.exchange import pdf_page, pdf_report  # noqa: PLC0415

    said: list[str] = []
    text = pdf_page.Page.text
    monkeypatch.setattr(
        pdf_page.Page, "text", lambda self, x, y, w, words, **k: said.append(words) or text(
            self, x, y, w, words, **k)
    )  # fmt: skip
    assert pdf_report.to_pdf(FitResult(decided(), (None,), ({},))).startswith(b"%PDF")
    assert any("Shell stiffness: set by hand by KM, was medium" in words for words in said)
    assert any("Comfort: Arc (A) 6 of 10, Low (B) 8.5 of 10." in words for words in said)


def test_the_command_line_matches_records_sets_and_takes_back(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("FITTER_DATA", str(tmp_path / "data"))
    path = tmp_path / "profile.json"
    path.write_text(to_json(fitted(*pair(), answers=SHOES)))
    before = path.read_bytes()
    assert main(["shelf", "match", str(path)]) == 0
    assert "this is the example" in capsys.readouterr().out
    assert main(["shelf", "match", str(path), "--json", "-"]) == 0
    first = json.loads(capsys.readouterr().out)["offers"][0]["skus"]
    set_it = [
        "shelf",
        "set",
        str(path),
        "arch_support_height=15",
        "--side",
        "left",
        "--by",
        "KM",
        "--reason",
        "x",
    ]
    assert main(set_it) == 0
    assert path.read_bytes() != before
    assert main(["shelf", "restore", str(path), "arch_support_height", "--side", "left"]) == 0
    assert path.read_bytes() == before
    assert main(["shelf", "tried", str(path), f"{'+'.join(first)}=8,5", "--took", "+".join(first)]) == 0
    assert from_json(path.read_bytes(), "profile.json").try_on.tried[0].comfort == 8.5


# ---------------------------------------------------------------------------------------- the label


def test_a_label_is_the_same_each_time_and_a_sku_no_scanner_can_type_is_refused() -> None:
    assert to_label(item("EX-1")) == to_label(item("EX-1"))
    for sku in ("ÄRC", "A_B", "X" * 40):
        with pytest.raises(FitterError) as error:
            to_label(item(sku))
        assert error.value.code == "bad_code"
        assert to_label(item(sku, barcode="2000000000015")).startswith(b"%PDF")


def test_the_bars_of_a_label_are_wide_enough_for_an_office_printer_and_stay_on_it() -> None:
    from fpdf import FPDF  # noqa: PLC0415

    bars: list[tuple[float, float]] = []
    with pytest.MonkeyPatch.context() as patch:
        rect = FPDF.rect
        patch.setattr(
            FPDF,
            "rect",
            lambda self, x, y, w, h, *a, **k: bars.append((x, w)) or rect(self, x, y, w, h, *a, **k),
        )
        to_label(item("EX-ABCDEFGHIJ-255"))
    widths = sorted({round(w, 4) for _, w in bars})
    assert len(widths) == 2
    assert widths[1] == pytest.approx(3 * widths[0], rel=0.01)
    assert widths[0] >= 0.19
    assert min(x for x, _ in bars) >= 10 * widths[0]
    assert max(x + w for x, w in bars) <= 89.0 - 10 * widths[0]


def test_nothing_is_tried_on_a_foot_that_someone_should_look_at_first(tmp_path, capsys) -> None:
    path = tmp_path / "profile.json"
    path.write_text(to_json(fitted(answers=STOP_YES)))
    before = path.read_bytes()
    assert main(["shelf", "tried", str(path), "EX-ARM-260=8", "--took", "EX-ARM-260"]) == 3
    assert "look at the foot first" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_no_hand_may_tilt_the_heel_where_the_inner_knee_is_likely_worn() -> None:
    support = fitted(answers={"knee_osteoarthritis": True}).feet[0].support
    with pytest.raises(FitterError, match="inner knee"):
        overridden(support, "rearfoot_posting", 4.0, "asked for it", "KM", stands())
    assert overridden(
        one().feet[0].support, "rearfoot_posting", 2.0, "asked for it", "KM", stands()
    ).parameters
