"""A second family of feet: modelled from anatomical parts, with no base foot behind them.

Heel pad, calcaneus, talus, five metatarsal rays with their heads, malleoli, Achilles tendon, leg and five
toes are put in place, grown together and set on the floor. Nothing is shared with the warped feet of
`sample_scans.construct` but the code that takes the truth from a dense surface: what measures both well was
not tuned to one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from sample_scans.implicit import Bulb, Field, Limb, Part, cut_off, grown, in_chunks, joined
from sample_scans.implicit import skin as meshed
from sample_scans.mesh import capped, mirrored, slice_below
from sample_scans.parameters import Load, Side, ToeForm
from sample_scans.surface import Floats, Ints
from sample_scans.truth import Skin, Truth, heel_centre, measure

BASE_LENGTH = 250.0  # mm: sizes below are those of a foot this long
STEPS = {1: 3.2, 2: 2.0, 3: 1.15, 4: 0.8}  # mm between vertices, by level
TRUTH_LEVEL = 3
Node = tuple[float, float, float, float]  # x, y, height of its underside, height of its top


@dataclass(frozen=True, slots=True)
class ModelledParameters:
    """A foot in what shapes it (mm, degrees).

    The foot length is met exactly; the other measures come out near what is asked, and the truth says where.
    ``arch`` is how high the medial hollow stands, ``band`` how broad the lateral sole is that bears (share of
    breadth), ``hallux`` how far the great toe is turned outwards beyond a straight one, ``lean`` how far the
    heel is rolled in, ``curled`` which toe (2 to 5) is curled, 0 for none, ``clawed`` by how many mm its
    middle joint stands up, ``apart`` mm by which the toes are spread, ``flesh`` mm of softness that rounds
    the foot, ``shank`` how far the leg leans forward.
    """

    foot_length: float = 252.0
    ball_length: float = 186.0
    outer_ball_length: float = 160.0
    ball_breadth: float = 96.0
    heel_breadth: float = 67.0
    instep_height: float = 63.0
    arch: float = 18.0
    band: float = 0.36
    medial_malleolus_height: float = 80.0
    hallux: float = 0.0
    lean: float = 3.0
    toe_form: ToeForm = "egyptian"
    curled: int = 0
    clawed: float = 8.0
    apart: float = 0.5
    flesh: float = 4.5
    knob: float = 1.0
    shank: float = 2.0
    side: Side = "right"
    load: Load = "standing"


@dataclass(frozen=True, slots=True, eq=False)
class ModelledFoot:
    """A foot in the foot frame (mm; a left foot as it stands, so its medial side is -y), as
    `construct.ConstructedFoot`."""

    parameters: ModelledParameters
    points: Floats
    faces: Ints
    truth: Truth


# Where the toes end (x, in mm of a 250 mm foot) in each form of toes, and how broad they are.
TOE_ENDS = {
    "egyptian": (250.0, 245.0, 236.0, 226.0, 214.0),
    "greek": (244.0, 250.0, 240.0, 229.0, 216.0),
    "square": (248.0, 249.0, 245.0, 236.0, 223.0),
}
TOE_MIDDLE = (20.8, 0.0, -16.5, -31.5, -45.5)
TOE_RADIUS = (11.5, 8.3, 7.9, 7.6, 7.5)
# A great toe that leans outwards pushes its neighbours: share of its turn that each of them takes.
PUSHED = (1.0, 0.62, 0.42, 0.27, 0.15)
# How far (mm) the soft sole of each load would reach below the floor that it is pressed flat on.
PRESSED: dict[Load, float] = {"standing": 4.5, "sitting": 3.5, "unloaded": 1.5}


def _limb(a: Node, b: Node, narrow: float = 1.0) -> Limb:
    """A bar whose ends reach from the underside to the top of each node."""
    return Limb(
        (a[0], a[1], (a[2] + a[3]) / 2),
        (b[0], b[1], (b[2] + b[3]) / 2),
        (a[3] - a[2]) / 2,
        (b[3] - b[2]) / 2,
        narrow,
    )


def _normal(p: ModelledParameters) -> ModelledParameters:
    """The same foot 250 mm long."""
    s = BASE_LENGTH / p.foot_length
    names = ("ball_length", "outer_ball_length", "ball_breadth", "heel_breadth", "instep_height", "arch")
    names += ("medial_malleolus_height",)
    return replace(p, foot_length=BASE_LENGTH, **{n: s * getattr(p, n) for n in names})


def _heads(p: ModelledParameters) -> list[Node]:
    """The metatarsal heads, first to fifth, with the flesh around them."""
    low = -PRESSED[p.load]
    inner, outer = 0.415 * p.ball_breadth, -0.585 * p.ball_breadth
    first, fifth = inner - 19.1, outer + 14.1
    ys = [first] + [first + share * (fifth - first) for share in (0.30, 0.55, 0.78)] + [fifth]
    a, b = p.ball_length + 1.0, p.outer_ball_length + 1.0
    xs = [a, a + 4.0, a - 0.22 * (a - b) + 1.0, a - 0.6 * (a - b), b]
    tops = [33.0, 30.0, 27.5, 25.0, 22.0]
    return [(x, y, low, top) for x, y, top in zip(xs, ys, tops, strict=True)]


def _rays(p: ModelledParameters) -> list[Part]:
    """Metatarsals and midfoot: five bars from the heads back to the tarsus, the inner ones over the arch."""
    heads = _heads(p)
    low = -PRESSED[p.load]
    rise = 47.5 + 0.82 * (p.instep_height - 52.0)
    # The top of the second ray at x = 108, so that it passes half the length at the instep's height.
    ridge = rise + 17.0 / (heads[1][0] - 125.0) * (rise - heads[1][3])
    side = 0.5 * p.ball_breadth
    # Across the arch the underside falls from the medial hollow to the lateral sole.
    # A sole that bears nothing is hollow between heel and ball, however low its arch.
    hanging = 4.0 if p.load == "unloaded" else 0.0
    hollow = [max(p.arch - 7.0, low + hanging)]
    hollow += [low + (hollow[0] - low) * share for share in (1.0, 0.95, 0.75)]
    lateral = low + hanging + 12.0 * (0.5 - p.band)
    tops = [ridge - 3.0, ridge, ridge - 4.0, ridge - 13.0, 0.56 * ridge]
    ys = [0.08 * side, -0.04 * side, -0.19 * side, -0.37 * side, -0.58 * side]
    middle: list[Node] = [
        (x, y, under, top)
        for x, y, under, top in zip(
            (110.0, 108.0, 106.0, 102.0, 92.0), ys, [*hollow, lateral], tops, strict=True
        )
    ]
    parts: list[Part] = [_limb(m, h) for m, h in zip(middle, heads, strict=True)]
    tarsus: Node = (74.0, 1.0, 0.75 * hollow[0] + 4.0, ridge + 14.0)
    parts += [_limb(tarsus, node, 1.25) for node in middle[:3]]
    parts += [
        _limb((62.0, -14.0, 0.5 * (low + lateral) + 1.0, 44.0), middle[4]),
        _limb((66.0, -10.0, low + 6.0, 54.0), middle[3]),
    ]
    # The pad under the ball, from the first to the fifth head.
    parts += [
        _limb((heads[k][0] - 5, heads[k][1], low, 18.0), (heads[k + 1][0] - 5, heads[k + 1][1], low, 18.0))
        for k in range(4)
    ]
    return parts


def _heel(p: ModelledParameters) -> list[Part]:
    """Heel pad, calcaneus and the way from it to the Achilles tendon, rolled in by the heel's lean."""
    low = -PRESSED[p.load]
    half = p.heel_breadth / 2 - 3.8
    pad = 28.0 if p.load == "unloaded" else 24.0  # a heel pad under load is flattened more than the rest
    roll = np.tan(np.radians(2.3 * (p.lean + 1.0)))
    return [
        Bulb((35.0, roll * 4.0, low + pad), (34.0, half, 28.0)),
        Bulb((40.0, roll * 26.0, 40.0), (31.0, half - 3.0, 26.0)),
        _limb((36.0, roll * 32.0, 18.0, 66.0), (66.0, -3.0, 12.0, 70.0), 1.15),
    ]


def _leg(p: ModelledParameters) -> list[Part]:
    """Leg, Achilles tendon and malleoli."""
    ankle = p.medial_malleolus_height
    lean = p.shank / 100.0
    roll = np.tan(np.radians(2.3 * (p.lean + 1.0)))
    return [
        Limb((51.0, 1.0, ankle - 4.0), (48.0 + 400.0 * lean, -4.0, ankle + 400.0), 34.0, 62.0, 1.2),
        Limb((17.0, roll * 26.0, 50.0), (38.0 + 150.0 * lean, 0.0, ankle + 150.0), 9.0, 14.0),
        Bulb((60.0, 26.5, ankle), (17.0, 10.0 + 1.5 * p.knob, 17.0)),
        Bulb((47.0, -26.5, ankle - 9.0), (14.0, 9.0 + 1.5 * p.knob, 17.0)),
    ]


def _toes(p: ModelledParameters) -> list[Field]:
    """Five toes, each of two or three phalanges with a pad in front and a flatter back at the nail."""
    heads = _heads(p)
    low = -0.7 * PRESSED[p.load]
    ends = np.array(TOE_ENDS[p.toe_form])
    toes: list[Field] = []
    for k, (x, y, _, _) in enumerate(heads):
        radius = TOE_RADIUS[k]
        spread = p.apart * (1.5 - k) if k else p.apart
        reach = ends[k] - x
        aside = TOE_MIDDLE[k] + spread - y
        turn = np.radians(PUSHED[k] * p.hallux)
        angle = np.arctan2(aside, reach) - turn

        def at(share: float, bottom: float, r: float, *, x=x, y=y, reach=reach, angle=angle) -> tuple:
            return (x + share * reach * np.cos(angle), y + share * reach * np.sin(angle), bottom + r)

        up = p.clawed if k and p.curled == k + 1 else 0.0
        if k == 0:
            joint, tip = at(0.52, 1.0, 12.3), at(1.0 - radius / reach, low, radius)
            bones: list[Part] = [
                Limb(at(0.0, 3.0, 13.5), joint, 13.5, 12.0),
                Limb(joint, tip, 12.0, radius - 0.8),
                Bulb(at(0.78, low, 10.0), (15.0, 12.6, 10.0)),
            ]
            nail = (tip[0] + 2.0, tip[2] + 0.62 * radius)
        else:
            back = 0.45 * up
            joint = at(0.50 - 0.2 * back / reach, 3.0 + up, radius)
            tip = at(1.0 - (radius + back) / reach, low, radius)
            bones = [
                Limb(at(0.0, 3.0, 11.0), joint, 11.0, radius),
                Limb(joint, tip, radius, radius - 0.4),
                Bulb(tip, (radius + 0.5, radius, radius)),
            ]
            nail = (tip[0] + 1.0, tip[2] + 0.72 * radius)
        toes.append(_with_nail(grown(bones, 1.8), nail, 16.0 if k == 0 else 24.0 + 3.0 * up))
    return toes


def _with_nail(toe: Field, at: tuple[float, float], slope: float) -> Field:
    """A toe cut flatter above its nail, by a plane through ``at`` (x, z) that falls forward (degrees)."""
    s, c = np.sin(np.radians(slope)), np.cos(np.radians(slope))

    def field(points: Floats) -> Floats:
        return cut_off(toe(points), s * (points[:, 0] - at[0]) + c * (points[:, 2] - at[1]), 5.0)

    return field


def body(p: ModelledParameters) -> tuple[Field, list[Field]]:
    """The field of the whole right foot, in mm of a foot 250 mm long, and of each toe."""
    foot, leg, toes = grown(_rays(p) + _heel(p), p.flesh), grown(_leg(p), 5.0), _toes(p)

    def field(points: Floats) -> Floats:
        value = foot(points) + 1.5
        back = np.flatnonzero(points[:, 0] < 135.0)
        if len(back):
            value[back] = joined(value[back], leg(points[back]), 22.0)
        ahead = np.flatnonzero((points[:, 0] > 140.0) & (points[:, 2] < 60.0))
        if len(ahead):
            forward = points[ahead]
            between = toes[0](forward)
            for toe in toes[1:]:
                between = joined(between, toe(forward), 2.5)
            value[ahead] = joined(value[ahead], between, 9.0)
        return value if p.load == "unloaded" else cut_off(value, -points[:, 2], 2.0)

    return in_chunks(field), toes


@dataclass(frozen=True, slots=True, eq=False)
class _Stand:
    """How the modelled body comes into the foot frame (``x -> turn @ x + shift``), and the truth there."""

    turn: Floats
    shift: Floats
    truth: Truth


_BOX = (np.array([-14.0, -76.0, -6.0]), np.array([264.0, 62.0, 0.0]))  # of a foot 250 mm long


def _mesh(p: ModelledParameters, step: float, top: float) -> tuple[Floats, Ints, list[Field]]:
    """Skin of the right foot 250 mm long up to a little above ``top``, where a flat end closes it."""
    field, toes = body(p)
    end = top + 2.0 * step

    def ended(points: Floats) -> Floats:
        return np.maximum(field(points), points[:, 2] - end)

    low, high = _BOX[0], np.array([*_BOX[1][:2], end + 2.0 * step])
    points, faces = meshed(ended, low, high, step)
    return points, faces, toes


def _standing(points: Floats) -> Floats:
    """The turn (3, 3) that puts a hanging foot's heel, inner and outer ball on one level, like a floor."""
    x, y = points[:, 0], points[:, 1]
    turn = np.eye(3)
    for _ in range(4):
        z = points @ turn[2]
        zones = (x < 60.0, (x > 150.0) & (x < 205.0) & (y > 5.0), (x > 130.0) & (x < 185.0) & (y < -25.0))
        rests = np.array([points[zone][z[zone].argmin()] for zone in zones]) @ turn.T
        normal = np.cross(rests[1] - rests[0], rests[2] - rests[0])
        normal *= np.sign(normal[2]) / np.linalg.norm(normal)
        v = np.array([normal[1], -normal[0], 0.0])  # normal x up
        k = np.array([[0.0, 0.0, v[1]], [0.0, 0.0, -v[0]], [-v[1], v[0], 0.0]])
        turn = (np.eye(3) + k + k @ k / (1.0 + normal[2])) @ turn
    return turn


_TIP = 2.5  # mm: how far about its foremost vertex a toe's tip is followed


def _tip(points: Floats) -> Floats:
    """The foremost point (3,) of a toe's vertices (n, 3): the top of a paraboloid over those about the first.

    A tip is so flat that the foremost vertex may lie half a millimetre beside it, and the foot axis with it.
    """
    first = points[points[:, 0].argmax()]
    near = points[np.linalg.norm(points - first, axis=1) < _TIP]
    y, z = near[:, 1] - first[1], near[:, 2] - first[2]
    shape = np.stack([np.ones_like(y), y, z, y * y, y * z, z * z], axis=1)
    a = np.linalg.lstsq(shape, near[:, 0], rcond=None)[0]
    bend = np.array([[2 * a[3], a[4]], [a[4], 2 * a[5]]])
    if np.linalg.eigvalsh(bend)[1] >= 0:
        return first
    at = np.clip(np.linalg.solve(bend, -a[1:3]), -_TIP, _TIP)
    top = a @ np.array([1.0, at[0], at[1], at[0] ** 2, at[0] * at[1], at[1] ** 2])
    return np.array([top, first[1] + at[0], first[2] + at[1]])


@lru_cache(maxsize=64)
def _stand(wanted: ModelledParameters) -> _Stand:
    """A right foot's way into the foot frame and its truth, both from the dense surface."""
    p = _normal(wanted)
    points, faces, toes = _mesh(p, STEPS[TRUTH_LEVEL] * BASE_LENGTH / wanted.foot_length, 0.47 * BASE_LENGTH)
    turn = np.eye(3) if p.load != "unloaded" else _standing(points)
    ahead = np.flatnonzero(points[:, 0] > 0.78 * BASE_LENGTH)
    own = np.stack([toe(points[ahead]) for toe in toes], axis=1)
    members = [ahead[own.argmin(axis=1) == k] for k in range(5)]
    out = points @ turn.T
    level = out[:, 2].min()
    out[:, 2] -= level
    scale, shift = 1.0, np.array([0.0, 0.0, -level])
    for _ in range(6):
        low = out[:, 2] < 50.0
        tips = np.array([_tip(out[m]) for m in members])
        rear = out[low, 0].min()
        grow = wanted.foot_length / (tips[:, 0].max() - rear)
        near = faces[(out[faces][:, :, 2].min(axis=1) < 40.0) & (out[faces][:, :, 0].max(axis=1) < 90.0)]
        centre = np.array([rear, 0.0])
        centre += heel_centre(out[near] - [rear, 0.0, 0.0], float(tips[:, 0].max() - rear))
        a = np.arctan2(tips[1, 1] - centre[1], tips[1, 0] - centre[0])
        round_z = grow * np.array(
            [[np.cos(a), np.sin(a), 0.0], [-np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]]
        )
        move = -round_z @ np.array([rear, centre[1], 0.0])
        out = out @ round_z.T + move
        turn, shift, scale = round_z @ turn, round_z @ shift + move, scale * grow
    rear = out[out[:, 2] < 50.0, 0].min()
    out[:, 0] -= rear
    shift = shift - [rear, 0.0, 0.0]
    tips = np.array([_tip(out[m]) for m in members])
    return _Stand(turn, shift, measure(Skin(out, faces, tips), wanted.load))


def modelled(
    wanted: ModelledParameters, *, level: int = 2, ankle: float = 120.0, closed: bool = True
) -> ModelledFoot:
    """A foot of the second family.

    ``level`` sets the resolution (`STEPS`), ``ankle`` the height (mm) at which the leg ends, 100 to 350,
    ``closed`` whether the cut is capped.
    """
    right = replace(wanted, side="right")
    stand = _stand(right)
    scale = float(np.cbrt(np.linalg.det(stand.turn)))
    tilted = 12.0 if wanted.load == "unloaded" else 0.0  # a levelled foot leans: more leg is needed
    points, faces, _ = _mesh(_normal(right), STEPS[level] / scale, ankle / scale + tilted)
    points = points @ stand.turn.T + stand.shift
    points, faces = slice_below(points, faces, points[:, 2] - ankle)
    if closed:
        points, faces = capped(points, faces)
    truth = stand.truth
    if wanted.side == "left":
        points, faces = mirrored(points, faces)
        truth = Truth(truth.measures, {k: (x, -y, z) for k, (x, y, z) in truth.landmarks.items()})
    return ModelledFoot(wanted, points, faces, truth)


# Feet that are drawn keep to these (1st to 99th percentile of ANSUR II, where it has them; the ball's places
# well inside the stretches of length where they are looked for).
SEEN = {
    ("ball_length", "foot_length"): (0.70, 0.775),
    ("outer_ball_length", "foot_length"): (0.55, 0.70),
    ("ball_breadth", "foot_length"): (0.335, 0.42),
    ("heel_breadth", "ball_breadth"): (0.61, 0.85),
    ("instep_height", "ball_length"): (0.25, 0.43),
    ("medial_malleolus_height", "foot_length"): (0.25, 0.40),
}


_ANKLE = 10.0  # mm: most medial further from where the inner ankle was put, it is the heel or the talus


def like_a_foot(wanted: ModelledParameters, truth: Truth) -> bool:
    """Whether a modelled foot has the proportions of an adult's, and an inner ankle that stands out."""
    m = truth.measures
    if abs(m["medial_malleolus_height"] - wanted.medial_malleolus_height) > _ANKLE:  # type: ignore[operator]
        return False
    return all(low <= m[part] / m[whole] <= high for (part, whole), (low, high) in SEEN.items())  # type: ignore[operator]


def random_parameters(rng: np.random.Generator) -> ModelledParameters:
    """An adult foot of any size, arch (flat to cavus), toe form and load; a third have a bunion."""
    length, high = rng.uniform(219.0, 302.0), rng.uniform(-2.5, 2.5)
    ball = length * np.clip(rng.normal(0.740, 0.014), 0.705, 0.77)
    breadth = length * np.clip(rng.normal(0.376, 0.018), 0.338, 0.415)
    return ModelledParameters(
        foot_length=length,
        ball_length=ball,
        outer_ball_length=ball - length * np.clip(rng.normal(0.10, 0.012), 0.07, 0.13),
        ball_breadth=breadth,
        heel_breadth=breadth * np.clip(rng.normal(0.70, 0.045), 0.61, 0.82),
        instep_height=ball * np.clip(rng.normal(0.34 + 0.03 * high, 0.01), 0.255, 0.425),
        arch=length / 250.0 * np.clip(rng.normal(19.0 + 6.0 * high, 2.5), 3.0, 38.0),
        band=float(np.clip(rng.normal(0.34 - 0.06 * high, 0.04), 0.12, 0.55)),
        medial_malleolus_height=length * rng.normal(0.315, 0.012),
        hallux=rng.uniform(8.0, 30.0) if rng.random() < 0.3 else rng.uniform(-3.0, 8.0),
        lean=rng.normal(3.5 - 1.2 * high, 2.5),
        toe_form=str(rng.choice(["egyptian", "greek", "square"])),  # type: ignore[arg-type]
        curled=int(rng.integers(2, 6)) if rng.random() < 0.2 else 0,
        clawed=rng.uniform(4.0, 11.0),
        apart=rng.uniform(-0.4, 2.0),
        flesh=rng.uniform(3.5, 5.5),
        knob=rng.uniform(0.2, 1.8),
        shank=rng.uniform(-4.0, 9.0),
        load=str(rng.choice(["standing", "sitting", "unloaded"], p=[0.7, 0.15, 0.15])),  # type: ignore[arg-type]
    )


def random_modelled(rng: np.random.Generator, *, load: Load | None = None, level: int = 2) -> ModelledFoot:
    """A right foot of the second family, drawn anew until it has the proportions of an adult's."""
    while True:
        wanted = random_parameters(rng)
        foot = modelled(
            wanted if load is None else replace(wanted, load=load),
            level=level,
            ankle=rng.uniform(105.0, 200.0),
        )
        if like_a_foot(wanted, foot.truth):
            return foot
