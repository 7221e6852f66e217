"""One function from inputs to the fit profile."""

from __future__ import annotations

import io
import zipfile

import pytest

from fitter.answers import STOP_IDS, Answers, answers_from_mapping
from fitter.captures import Capture
from fitter.entry import EnteredFoot, entered_value
from fitter.errors import Cancelled, FitterError
from fitter.exchange.json_profile import to_json
from fitter.exchange.pdf_report import to_pdf
from fitter.journey import run_journey
from fitter.measurements import Side
from fitter.profile import FitResult
from fitter.quantity import Quantity
from tests.scans import fit, mirrored, sample, stl, surface

NEUTRAL = "neutral_right.stl"


def capture(name: str, **stated: object) -> Capture:
    return Capture(name, sample(name), **stated)  # type: ignore[arg-type]


def asked(**answers: object) -> Answers:
    return answers_from_mapping(dict.fromkeys(STOP_IDS, False) | answers, "answers")


def by_ruler(side: Side = "right", **mm: float) -> EnteredFoot:
    return EnteredFoot(side, "standing", {i: entered_value(i, v) for i, v in mm.items()})


def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = (fit(sample(NEUTRAL), NEUTRAL, only_measure=False) for _ in range(2))
    assert to_json(first.profile) == to_json(second.profile)
    assert to_pdf(first) == to_pdf(second)


def test_a_foot_fitted_has_posture_support_knee_and_disclaimer() -> None:
    profile = fit(sample(NEUTRAL), NEUTRAL, only_measure=False, load="standing").profile
    (foot,) = profile.feet
    assert foot.posture is not None
    assert foot.posture.class_ == "neutral"
    assert foot.support is not None
    assert foot.support.parameters
    assert profile.knee is not None
    assert profile.knee.contributors
    assert profile.disclaimer


def test_measuring_alone_says_nothing_of_posture_or_knee() -> None:
    profile = fit(sample(NEUTRAL), NEUTRAL).profile
    assert profile.feet[0].posture is None
    assert profile.knee is None
    assert profile.red_flags is None


def test_not_asked_is_not_the_same_as_no_red_flag() -> None:
    never = fit(sample(NEUTRAL), NEUTRAL, only_measure=False).profile.red_flags
    healthy = run_journey([capture(NEUTRAL)], answers=asked()).profile.red_flags
    assert never is not None
    assert healthy is not None
    assert (never.asked, never.stop) == (False, ())
    assert (healthy.asked, healthy.stop) == (True, ())


@pytest.mark.parametrize("question", STOP_IDS)
def test_a_stop_answer_yields_no_recommendation(question: str) -> None:
    profile = run_journey([], entered=[by_ruler(foot_length=251)], answers=asked(**{question: True})).profile
    (foot,) = profile.feet
    assert foot.support is not None
    assert foot.support.parameters == ()
    assert foot.support.withheld is not None
    assert profile.red_flags is not None
    assert profile.red_flags.stop


def test_a_left_and_a_right_scan_make_one_profile() -> None:
    profile = run_journey([capture("pair_left.stl"), capture("pair_right.stl")]).profile
    assert [f.side for f in profile.feet] == ["left", "right"]
    assert [c.file for c in profile.captures] == ["pair_left.stl", "pair_right.stl"]
    assert profile.warnings == ()


def test_two_scans_of_the_same_foot_are_told_apart_and_told() -> None:
    profile = run_journey([capture(NEUTRAL), capture("bunion_right.ply")]).profile
    assert any("2 captures were taken as the right foot" in w for w in profile.warnings)


def test_ruler_and_scan_of_one_foot_agree_within_their_errors() -> None:
    by_hand = run_journey([capture("home_neutral_right.csv")]).profile.feet[0].measurements
    by_scan = run_journey([capture(NEUTRAL)]).profile.feet[0].measurements
    compared = 0
    for measure_id, typed in by_hand.readings.items():
        scanned = by_scan.get(measure_id)
        if isinstance(typed, Quantity) and scanned is not None:
            compared += 1
            assert abs(typed.value - scanned.value) <= (typed.u95**2 + scanned.u95**2) ** 0.5, measure_id
    assert compared >= 6


def test_a_ruler_alone_names_a_clear_arch_and_what_it_left_out() -> None:
    profile = run_journey([], entered=[by_ruler(foot_length=252, ball_length=185, instep_height=63)]).profile
    (foot,) = profile.feet
    assert foot.posture is not None
    assert foot.posture.class_ == "neutral"
    assert foot.measurements.why_missing("arch_height") is not None
    assert profile.captures[0].source == "entered"


def test_an_unstated_load_is_said_and_widens_the_arch_score() -> None:
    unknown = fit(sample(NEUTRAL), NEUTRAL, only_measure=False).profile.feet[0]
    standing = fit(sample(NEUTRAL), NEUTRAL, only_measure=False, load="standing").profile.feet[0]
    assert not unknown.assumptions["load"].certain
    assert "--load" in unknown.assumptions["load"].change
    assert standing.assumptions["load"].given
    assert unknown.posture is not None
    assert standing.posture is not None
    assert unknown.posture.score is not None
    assert standing.posture.score is not None
    assert unknown.posture.score.u95 > standing.posture.score.u95


def test_a_side_that_contradicts_the_measurement_file_is_refused() -> None:
    with pytest.raises(FitterError, match=r"home_neutral_right\.csv: holds a right foot"):
        run_journey([capture("home_neutral_right.csv", side="left")])


def test_a_doubtful_side_is_a_warning() -> None:
    profile = fit(stl(mirrored(surface())), side="right").profile
    assert any("its shape is a left one" in w for w in profile.warnings)


def test_progress_grows_to_one_and_names_what_is_done() -> None:
    told: list[tuple[float, str]] = []
    run_journey(
        [capture("pair_left.stl"), capture("pair_right.stl")], progress=lambda s, w: told.append((s, w))
    )
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(word for _, word in told)


def test_cancelling_stops_the_journey() -> None:
    def cancel(share: float, doing: str) -> None:
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_journey([capture(NEUTRAL)], progress=cancel)


def test_nothing_given_is_said() -> None:
    with pytest.raises(FitterError, match="nothing to measure"):
        run_journey([])


def test_landmarks_of_the_result_lie_on_the_foot() -> None:
    result: FitResult = fit(sample(NEUTRAL), NEUTRAL)
    shape = result.shapes[0]
    assert shape is not None
    length = shape.mesh.vertices[:, 0].max()
    assert {"metatarsale_tibiale", "navicular", "dorsum_50", "arch_apex"} <= set(result.landmarks[0])
    assert all(0 <= x <= length + 1 for x, _, _ in result.landmarks[0].values())


def test_a_placement_leads_back_to_the_file() -> None:
    result = fit(sample("neutral_left_tilted.stl"), "neutral_left_tilted.stl")
    shape = result.shapes[0]
    assert shape is not None
    back = shape.placement.to_file(shape.mesh.vertices)
    assert back.shape == shape.mesh.vertices.shape
    again = shape.placement.scale * back @ shape.placement.rotation.T + shape.placement.translation
    assert abs(again - shape.mesh.vertices).max() < 1e-6


def test_a_load_or_unit_that_contradicts_the_measurement_file_is_refused() -> None:
    with pytest.raises(FitterError, match="was measured standing"):
        run_journey([capture("home_neutral_right.csv", load="sitting")])
    with pytest.raises(FitterError, match="names the unit of each value"):
        run_journey([capture("home_neutral_right.csv", units="cm")])


def test_a_unit_the_file_claims_and_the_shape_denies_is_a_warning() -> None:
    honest = sample("very_high_arch_left_inch.3mf")
    with zipfile.ZipFile(io.BytesIO(honest)) as packed:
        model = packed.read("3D/3dmodel.model").replace(b'unit="inch"', b'unit="millimeter"')
    lying = io.BytesIO()
    with zipfile.ZipFile(lying, "w") as packed:
        packed.writestr("3D/3dmodel.model", model)
    profile = fit(lying.getvalue(), "foot.3mf").profile
    assert profile.feet[0].assumptions["units"].value == "in"
    assert any("the file says millimetres" in w for w in profile.warnings)
