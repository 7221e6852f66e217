"""An insole is a solid that can be made, shaped as the foot and as its profile says."""

from __future__ import annotations

import io
import json
import re
import zlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import ezdxf
import numpy as np
import pytest
import shapely
from scipy.interpolate import LinearNDInterpolator

from fitter.cli import main
from fitter.cli_insole import last_curve
from fitter.errors import FitterError
from fitter.exchange import dxf, insole_svg, insole_template, obj, stl, threemf
from fitter.exchange.insole_drawing import drawing
from fitter.insoles import make
from fitter.profile import FitResult
from fitter.quantity import Missing
from fitter.scan.formats import read_scan
from fitter.scan.mesh import Mesh
from fitter.scan.repair import weld
from fitter.support.insole import Insole, examine, make_insole, sole_of_foot, sole_of_measures
from fitter.support.insole.cup import inside_width, measured_at
from fitter.support.insole.gate import faults
from fitter.support.insole.solid import volume
from fitter.support.support import Parameter, SupportProfile
from tests.scans import SAMPLES, fit, sample

RIGHT, LEFT = "neutral_right.stl", "pair_left.stl"


@cache
def taken(name: str = RIGHT) -> FitResult:
    return fit(sample(name), name, only_measure=False, load="standing")


def profile(name: str = RIGHT, **changed: float | str) -> SupportProfile:
    """A foot's own support profile, with what a fitter changed in it."""
    found = taken(name).profile.feet[0].support
    assert found is not None
    known = {p.id: p for p in found.parameters}
    for i, value in changed.items():
        blank = Parameter(i, i, value, "", None, None, "", "fit", "", "by hand")
        known[i] = replace(known.get(i, blank), value=value)
    return replace(found, parameters=tuple(known.values()))


@cache
def insole(name: str = RIGHT, length: str = "full") -> Insole:
    return changed(name, length)


def changed(name: str = RIGHT, length: str = "full", **parameters: float | str) -> Insole:
    foot = taken(name)
    assert foot.shapes[0] is not None
    sole = sole_of_foot(foot.shapes[0], foot.profile.feet[0].measurements)
    return make_insole(sole, profile(name, **parameters), length=length)  # type: ignore[arg-type]


def top_at(made: Insole, x: float, y: float) -> float:
    return float(made.top(np.array([x]), np.array([y]))[0])


@pytest.mark.parametrize("length", ["full", "three-quarter"])
@pytest.mark.parametrize("name", [RIGHT, LEFT])
def test_an_insole_is_ready_to_print(name: str, length: str) -> None:
    gate = examine(insole(name, length))
    assert gate.problems == ()
    assert gate.lines[0] == "Ready to print."
    assert gate.thinnest["shell"] > 1.48
    assert gate.thinnest["cover"] > 0.98


def test_every_addition_at_once_is_still_a_solid() -> None:
    made = changed(
        rearfoot_posting=5.0, forefoot_posting=-3.0, heel_lift=8.0, metatarsal_pad="dome",
        metatarsal_pad_height=6.0, first_ray_cutout="yes", heel_cup_depth=20.0,
    )  # fmt: skip
    assert examine(made).problems == ()
    assert made.outline["shell"].area < made.outline["cover"].area - 300.0  # the first ray is free


def test_the_top_is_the_designed_surface() -> None:
    made = insole()
    mesh = made.bodies["cover"]
    upper = mesh.faces[(mesh.faces >= len(mesh.vertices) // 2).all(axis=1)]
    middles = mesh.vertices[upper].mean(axis=1)
    off = made.top(middles[:, 0], middles[:, 1]) - middles[:, 2]
    assert np.nanmax(np.abs(off)) < 0.3


def test_the_insole_follows_the_foot_and_does_not_enter_it() -> None:
    made, foot = insole(), taken().shapes[0]
    assert foot is not None
    sole = sole_of_foot(foot, taken().profile.feet[0].measurements)
    x, y = np.meshgrid(sole.rows, sole.columns, indexing="ij")
    behind = (x > 15.0) & (x < 0.55 * sole.length)
    rise = made.top(x[behind], y[behind]) - made.foot_rise
    gap = sole.height[behind] - rise
    inside = np.isfinite(rise) & (sole.height[behind] < 8.0)
    assert np.median(np.abs(gap[inside])) < 0.5  # full contact
    assert gap[inside].min() > -1.0  # skin gives so much


def test_the_arch_is_as_high_as_the_profile_says() -> None:
    for wanted in (13.0, 18.0, 21.0):
        made = changed(arch_support_height=wanted)
        x, y = np.meshgrid(np.arange(90.0, 135.0), np.arange(-5.0, 40.0))
        highest = np.nanmax(made.top(x.ravel(), y.ravel())) - made.foot_rise
        assert highest == pytest.approx(wanted, abs=1.5)


def test_the_heel_cup_is_as_deep_as_the_profile_says_and_the_forefoot_flat() -> None:
    for depth in (10.0, 16.0):
        made = changed(heel_cup_depth=depth)
        cover = made.bodies["cover"].vertices
        heel = cover[cover[:, 0] < 30.0, 2].max() - made.foot_rise
        assert heel == pytest.approx(depth, abs=1.5)
    x, y = np.meshgrid(np.arange(195.0, 225.0, 5.0), np.arange(-20.0, 20.0, 5.0))
    assert np.ptp(insole().top(x.ravel(), y.ravel())) < 0.3


@pytest.mark.parametrize("name", [RIGHT, LEFT])
@pytest.mark.parametrize(("depth", "room"), [(8.0, 1.0), (12.0, 1.0), (12.0, 5.0), (18.0, 3.0)])
def test_the_heel_cup_leaves_the_heel_the_profiles_room_where_its_width_is_measured(
    name: str, depth: float, room: float
) -> None:
    foot = taken(name)
    assert foot.shapes[0] is not None
    sole = sole_of_foot(foot.shapes[0], foot.profile.feet[0].measurements)
    made = changed(name, heel_cup_depth=depth, heel_cup_width=sole.heel_breadth + room)
    heel = inside_width(sole.height, sole.rows, sole.columns, sole.length, measured_at())
    # The finished body, not the design: the upper half of the cover's corners.
    upper = made.bodies["cover"].vertices[len(made.bodies["cover"].vertices) // 2 :]
    upper = upper[upper[:, 0] < 0.3 * sole.length] * (1.0, 1.0 if made.side == "right" else -1.0, 1.0)
    x, y = np.arange(0.08 * sole.length, 0.2 * sole.length, 2.0), np.arange(-50.0, 50.0, 0.25)
    height = LinearNDInterpolator(upper[:, :2], upper[:, 2])(*np.meshgrid(x, y, indexing="ij"))
    cup = inside_width(height, x, y, sole.length, measured_at())
    assert heel is not None
    assert cup == pytest.approx(heel + room, abs=0.3)
    (said,) = (note for note in made.notes if note.startswith("Heel cup inside, 6 mm above its floor: "))
    assert float(said.split(": ")[1].split()[0]) == pytest.approx(cup, abs=0.3)


def test_a_medial_wedge_raises_the_inner_side_of_the_heel() -> None:
    flat, wedged = insole(), changed(rearfoot_posting=4.0)
    inner, outer = (top_at(wedged, 35.0, y) - top_at(flat, 35.0, y) for y in (15.0, -15.0))
    assert np.degrees(np.arctan((inner - outer) / 30.0)) == pytest.approx(4.0, abs=0.3)
    assert outer > 0.0  # and nowhere gets thinner


def test_length_and_width_are_the_profiles() -> None:
    made = changed(insole_length=262.0, insole_width=93.0)
    low_x, low_y, high_x, high_y = made.outline["cover"].bounds
    assert high_x - low_x == pytest.approx(262.0, abs=0.2)
    assert high_y - low_y == pytest.approx(93.0, abs=0.5)


def test_a_left_foot_gets_a_left_insole() -> None:
    made = insole(LEFT)
    assert made.side == "left"
    assert volume(made.bodies["shell"]) > 0.0  # still looks outwards
    cover = made.bodies["cover"].vertices
    arch = cover[(cover[:, 0] > 90.0) & (cover[:, 0] < 130.0)]
    assert arch[arch[:, 2].argmax(), 1] < 0.0  # of a left foot the inner side is -y


def test_a_shoes_floor_is_followed_from_below() -> None:
    foot = taken()
    assert foot.shapes[0] is not None
    sole = sole_of_foot(foot.shapes[0], foot.profile.feet[0].measurements)
    last = ((0.0, 12.0), (60.0, 12.0), (170.0, 0.0), (260.0, 2.0))
    made = make_insole(sole, profile(), last=last)
    assert examine(made).problems == ()
    shell = made.bodies["shell"].vertices
    assert shell[(shell[:, 0] > 20.0) & (shell[:, 0] < 50.0), 2].min() == pytest.approx(12.0, abs=0.05)
    with pytest.raises(FitterError, match="steeper"):
        make_insole(sole, profile(), last=((0.0, 0.0), (5.0, 40.0)))


def test_measures_alone_give_a_template_that_is_not_for_wear() -> None:
    measured = taken().profile.feet[0].measurements
    made = make_insole(sole_of_measures(measured), profile())
    gate = examine(made)
    assert gate.problems == ()
    assert "not for wear" in " ".join(gate.lines)
    assert drawing(made).mark == "trial template, not for wear"


def test_a_heel_and_an_arch_that_nobody_measured_are_told_as_taken_from_averages() -> None:
    measured, shape = taken().profile.feet[0].measurements, taken().shapes[0]
    assert shape is not None
    gone = Missing("not_taken", "Not taken.")
    bare = replace(measured, readings={**measured.readings, "heel_breadth": gone})
    for sole in (sole_of_measures(bare), sole_of_foot(shape, bare)):
        assert sole.heel_breadth == pytest.approx(0.69 * sole.ball_breadth)
        (said,) = make_insole(sole, profile()).notes[:1]
        assert said.startswith("Heel breadth was not measured: 0.69 of the ball's breadth")
        assert f"({sole.heel_breadth:.0f} mm)" in said
    none = replace(bare, readings={**bare.readings, "arch_height": gone})
    assert any(note.startswith("Arch height was not measured") for note in sole_of_measures(none).notes)
    assert sole_of_measures(measured).notes == ()


def test_a_foot_without_its_sole_is_refused_in_one_line() -> None:
    foot = taken()
    assert foot.shapes[0] is not None
    unseen = replace(foot.shapes[0], unsupported={"arch_height": Missing("sole_not_seen", "Not seen.")})
    with pytest.raises(FitterError, match="not seen from below"):
        sole_of_foot(unseen, foot.profile.feet[0].measurements)


def test_a_withheld_profile_gives_no_insole() -> None:
    stopped = replace(profile(), withheld=Missing("red_flag", "Someone should look at it first."))
    measured = taken().profile.feet[0].measurements
    with pytest.raises(FitterError, match="look at it first"):
        make_insole(sole_of_measures(measured), stopped)


def test_an_unsafe_override_is_refused_by_name() -> None:
    with pytest.raises(FitterError, match="rearfoot posting of 25"):
        changed(rearfoot_posting=25.0)


def test_the_gate_sees_what_is_broken() -> None:
    shell = insole().bodies["shell"]
    assert faults(shell) == []
    assert "not closed" in faults(Mesh(shell.vertices, shell.faces[100:]))[0]
    assert faults(Mesh(shell.vertices, shell.faces[:, ::-1])) == ["is inside out or encloses nothing"]
    turned = shell.faces.copy()
    turned[:50] = turned[:50, ::-1]
    assert faults(Mesh(shell.vertices, turned))
    sunk = shell.vertices.copy()
    half = len(sunk) // 2
    sunk[half + 4000 : half + 4400, 2] = 0.8
    thin = replace(insole(), bodies={**insole().bodies, "shell": Mesh(sunk, shell.faces)})
    assert any("thin" in problem for problem in examine(thin).problems)


def test_the_same_foot_gives_the_same_bytes() -> None:
    one, other = insole(), changed()
    assert stl.to_stl(one.bodies["shell"]) == stl.to_stl(other.bodies["shell"])
    assert threemf.to_3mf(one.bodies, {}) == threemf.to_3mf(other.bodies, {})
    assert dxf.to_dxf(drawing(one)) == dxf.to_dxf(drawing(other))
    assert insole_template.to_pdf(drawing(one)) == insole_template.to_pdf(drawing(other))


def test_stl_obj_and_3mf_hold_the_same_body() -> None:
    shell = insole().bodies["shell"]
    files = {
        "a.stl": stl.to_stl(shell),
        "a.obj": obj.to_obj({"shell": shell}),
        "a.3mf": threemf.to_3mf({"shell": shell}, {"Title": "shell"}),
    }
    for name, data in files.items():
        read = weld(read_scan(name, data).mesh)
        assert faults(read) == [], name
        assert volume(read) == pytest.approx(volume(shell), rel=1e-4), name
        assert np.ptp(read.vertices, axis=0) == pytest.approx(np.ptp(shell.vertices, axis=0), abs=1e-3)
    assert read_scan("a.3mf", files["a.3mf"]).unit == "mm"


def test_the_dxf_outline_measures_as_the_insole() -> None:
    made = insole()
    doc = ezdxf.read(io.StringIO(dxf.to_dxf(drawing(made)).decode()))
    assert doc.units == ezdxf.units.MM
    assert not doc.audit().has_errors
    layers = {e.dxf.layer for e in doc.modelspace()}
    assert {"OUTLINE", "MARKS", "SECTION_HEEL", "SECTION_ARCH", "SECTION_BALL", "SECTION_LONG"} <= layers
    (line,) = doc.modelspace().query('LWPOLYLINE[layer=="OUTLINE"]')
    outline = shapely.Polygon([(x, y) for x, y, *_ in line.get_points()])
    own = made.outline["cover"]
    assert outline.length == pytest.approx(own.length, abs=0.1)
    assert outline.area == pytest.approx(own.area, rel=1e-5)
    heel = list(doc.modelspace().query('LWPOLYLINE[layer=="SECTION_HEEL"]'))
    assert len(heel) == 2  # shell and cover, each a closed curve
    assert all(e.closed for e in heel)


def test_the_svg_is_in_true_millimetres() -> None:
    made = insole()
    text = insole_svg.to_svg(drawing(made))
    wide, tall = (float(text.split(f'{key}="')[1].split('mm"')[0]) for key in ("width", "height"))
    assert f'viewBox="0 0 {wide:.3f} {tall:.3f}"' in text
    points = text.split('<g id="OUTLINE">')[1].split('points="')[1].split('"')[0]
    outline = np.array([[float(v) for v in p.split(",")] for p in points.split()])
    assert np.ptp(outline[:, 1]) == pytest.approx(made.design.insole_length, abs=0.2)


PER_MM = 72.0 / 25.4  # a page is measured in points


@pytest.mark.parametrize("length", ["full", "three-quarter"])
@pytest.mark.parametrize("name", [RIGHT, LEFT])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_paper_template_is_at_its_own_size(paper: str, name: str, length: str) -> None:
    drawn = drawing(insole(name, length))
    pages = drawn_pages(insole_template.to_pdf(drawn, paper))  # type: ignore[arg-type]
    own = drawn.outlines[0].points
    assert pages
    for page in pages:
        outline = max(page, key=len)
        assert len(outline) == len(own)
        size, wanted = np.ptp(outline, axis=0) / PER_MM, np.ptp(own, axis=0)
        assert size == pytest.approx(wanted, rel=1e-3)
        assert polygon(outline).area / PER_MM**2 == pytest.approx(polygon(own).area, rel=2e-3)
        assert ruler(page) == pytest.approx(100.0, rel=1e-3)
    if length == "full":
        design = insole(name, length).design
        assert np.ptp(own, axis=0) == pytest.approx((design.insole_width, design.insole_length), rel=6e-3)


def test_a_template_over_several_pages_fits_together_at_its_crosses() -> None:
    long = drawing(changed(insole_length=300.0))
    first, second = drawn_pages(insole_template.to_pdf(long, "letter"))
    shift = (max(second, key=len) - max(first, key=len)) / PER_MM
    assert np.ptp(shift, axis=0) == pytest.approx((0.0, 0.0), abs=0.02)  # moved, not scaled
    # Laid cross on cross, the outline goes on where it was.
    marks = [{tuple(np.round(p.mean(axis=0) / PER_MM, 1)) for p in crosses(page)} for page in (first, second)]
    moved = {tuple(np.round(np.array(m) + shift[0], 1)) for m in marks[0]}
    assert len(moved & marks[1]) == 2


def test_the_measure_of_a_template_sees_a_printer_that_fits_to_the_page() -> None:
    from fitter.exchange import insole_template as template  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(template, "RULER", 99.7)  # a ruler 0.3 % short
        page = drawn_pages(template.to_pdf(drawing(insole())))[0]
    assert ruler(page) != pytest.approx(100.0, rel=1e-3)


def test_a_template_asks_for_its_paper_and_not_to_be_fitted_to_it() -> None:
    for paper, size in (("a4", (210.0, 297.0)), ("letter", (215.9, 279.4))):
        pdf = insole_template.to_pdf(drawing(insole()), paper)  # type: ignore[arg-type]
        (box,) = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf))
        assert [float(v) / PER_MM for v in box] == pytest.approx(size, abs=0.01)
        assert b"/UserUnit" not in pdf
        assert b"/PrintScaling /None" in pdf


def level(page: list[np.ndarray]) -> list[np.ndarray]:
    return [p for p in page if len(p) == 2 and np.ptp(p[:, 1]) == 0.0]


def ruler(page: list[np.ndarray]) -> float:
    """The length (mm) of the check ruler: the lowest level stroke of a page."""
    return float(np.ptp(min(level(page), key=lambda p: p[0, 1])[:, 0])) / PER_MM


def crosses(page: list[np.ndarray]) -> list[np.ndarray]:
    """The level strokes of a page's registration marks."""
    return [
        p
        for p in page
        if len(p) == 2 and np.ptp(p[:, 1]) == 0.0 and abs(np.ptp(p[:, 0]) / PER_MM - 10.0) < 0.1
    ]


def polygon(points: np.ndarray) -> shapely.Polygon:
    return shapely.Polygon(points)


def drawn_pages(pdf: bytes) -> list[list[np.ndarray]]:
    """Every path of every page as (n, 2) points of 1/72 inch, as a viewer would draw it: the page's own
    operators with every matrix they set."""
    pages = []
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(part).decode("latin-1")
        except zlib.error:
            continue
        if " l" not in text or " re" not in text:
            continue
        paths: list[list[tuple[float, float]]] = []
        matrix, kept = np.eye(3), []
        number = r"(-?\d*\.?\d+)"
        operators = rf"{number} {number} ([ml])\b|{' '.join([number] * 6)} cm\b|(?<![\w.])(q|Q)(?![\w.])"
        for x, y, what, *six, stack in re.findall(operators, text):
            if stack == "q":
                kept.append(matrix)
            elif stack == "Q":
                matrix = kept.pop()
            elif what:
                if what == "m":
                    paths.append([])
                at = matrix @ (float(x), float(y), 1.0)
                paths[-1].append((at[0], at[1]))
            else:
                a, b, c, d, e, f = map(float, six)
                matrix = matrix @ np.array([[a, c, e], [b, d, f], [0.0, 0.0, 1.0]])
        pages.append([np.array(p) for p in paths])
    return pages


def test_the_command_writes_a_set_of_files_and_only_over_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = str(SAMPLES / RIGHT)
    assert main(["insole", scan, "--load", "standing", "--out", str(tmp_path)]) == 0
    assert "Ready to print." in capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == 8
    profile_file = tmp_path / "profile.json"
    assert main(["fit", scan, "--json", str(profile_file)]) == 0
    assert json.loads(profile_file.read_text())["schema_version"]
    assert main(["insole", str(profile_file), "--out", str(tmp_path), "--length", "three-quarter"]) == 0
    assert "not for wear" in capsys.readouterr().out
    (tmp_path / "insole-right.svg").write_text("<svg>someone's own</svg>")
    assert main(["insole", scan, "--out", str(tmp_path)]) == 2


def test_a_dome_without_a_height_is_built_and_none_wins_over_a_height() -> None:
    plain = insole()
    dome, none = changed(metatarsal_pad="dome"), changed(metatarsal_pad="none", metatarsal_pad_height=6.0)
    x, y = np.meshgrid(np.arange(140.0, 185.0), np.arange(-30.0, 30.0))
    flat = plain.top(x.ravel(), y.ravel())
    assert np.nanmax(dome.top(x.ravel(), y.ravel()) - flat) > 3.0
    assert np.nanmax(np.abs(none.top(x.ravel(), y.ravel()) - flat)) < 1e-9


def test_a_pad_in_front_of_the_ball_is_refused() -> None:
    with pytest.raises(FitterError, match="behind the ball"):
        changed(metatarsal_pad="dome", metatarsal_pad_height=7.0, metatarsal_pad_position=215.0)


def test_a_cup_narrower_than_the_heel_is_refused() -> None:
    with pytest.raises(FitterError, match="room beside the heel"):
        changed(heel_cup_width=40.0)


def test_what_is_left_to_the_maker_is_told() -> None:
    notes = " ".join(changed(toe_joint_accommodation="soft recess", heel_cushion=4.0).notes)
    assert "soft recess" in notes
    assert "heel cushion" in notes
    assert "polypropylene" in notes


def test_an_apex_far_forward_still_gives_a_solid() -> None:
    assert examine(changed(arch_apex_position=165.0)).problems == ()


def test_a_side_that_was_guessed_gives_no_insole() -> None:
    found = taken().profile
    (foot,) = found.feet
    doubted = replace(foot.assumptions["side"], certain=False, given=False, change="--side left|right")
    guessed = replace(foot, assumptions=foot.assumptions | {"side": doubted})
    with pytest.raises(FitterError, match="--side"):
        make(replace(found, feet=(guessed,)), taken().shapes, length="full", paper="a4")


def test_the_paper_says_that_nobody_asked_and_when_to_stop_wearing_it() -> None:
    told = make(taken().profile, taken().shapes, length="full", paper="a4").text
    assert "were not asked" in told
    assert "stop wearing it" in told


def test_a_shoe_floor_without_a_pair_of_numbers_is_refused() -> None:
    with pytest.raises(FitterError, match="shoe's floor"):
        last_curve(b"# nothing\n", "last.txt")
