"""The registry: every measure Fitter knows, defined once.

The form, the tables, the report, the JSON, the docs and the accuracy table are all made from it.
Ids are stable for ever; names and texts may be translated.

The foot frame (mm): +x forward along the foot axis, +y medial (every foot is handled as a right foot, a
left one is mirrored), +z up, floor at z = 0, origin below the rearmost point of the heel (pternion).
The foot axis runs from the heel centre (midpoint of the width at 15 % of foot length) to the tip of the
second toe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["length", "width", "height", "girth", "angle", "index", "pair"]
Unit = Literal["mm", "deg", "%", "ratio", "mm/kN"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the registry.

    ``definition`` is exact and in the foot frame; ``home`` says how to take it with a ruler or a tape
    (empty where a person can't); ``plausible`` is the range outside which an entered value is refused;
    ``definition_u95`` is the published error of definition and scanner on real feet, in ``unit``, which the
    error found on constructed feet can never show, and ``definition_u95_percent`` the same as a percentage
    of the value where the literature gives it so; ``marked_u95`` takes their place where a person set the
    landmark on the scan; ``entered_u95`` is the 95 % error of one careful reading at home;
    ``from_measures`` names the measures an index is computed from.
    """

    id: str
    name: str
    kind: Kind
    unit: Unit
    definition: str
    reference: str
    landmarks: tuple[str, ...] = ()
    home: str = ""
    plausible: tuple[float, float] = (0.0, 0.0)
    definition_u95: float = 0.0
    definition_u95_percent: float = 0.0
    marked_u95: float = 0.0
    entered_u95: float = 0.0
    from_measures: tuple[str, ...] = ()
    error_source: str = ""

    def __post_init__(self) -> None:
        if not self.plausible[0] < self.plausible[1]:
            raise ValueError(f"{self.id}: plausible range is empty")

    @property
    def fixed_u95(self) -> float:
        """The part of ``entered_u95`` that no repeat by the same hand shows: how well the place is defined,
        by touch (``marked_u95``) where it is a bone, else by the definition itself."""
        return min(self.marked_u95 or self.definition_u95, self.entered_u95)


# Landmarks that can be set by hand, and how far off (95 %, mm) a place that a person picks on a scan is: our
# judgement; palpated marks of two raters differ by 1.5 to 3.5 mm (Vinicombe 2001, JAPMA).
LANDMARKS: tuple[str, ...] = (
    "pternion",
    "acropodion",
    "second_toe_tip",
    "great_toe_tip",
    "metatarsale_tibiale",
    "metatarsale_fibulare",
    "heel_medial",
    "heel_lateral",
    "dorsum_50",
    "navicular",
    "arch_apex",
    "medial_malleolus",
)
BY_HAND_U95 = 2.0
# A sole surface counts as facing down while it is no steeper than this; beyond it the skin is the side of
# the foot. Part of the definition of arch_height.
DOWNWARD_LIMIT_DEG = 45.0
# A print made from shape is the part of the sole no higher than this above the floor; the band goes into
# the uncertainty.
CONTACT_MM = 2.0
CONTACT_BAND_MM = (1.0, 3.0)
# Toes are left out of a print: everything forward of the ball line (metatarsale tibiale to fibulare in
# plan) moved forward by this share of foot length.
TOE_LINE_SHARE = 0.08

_SCANNER = "laser foot scanner, SD under 0.6 mm on test objects (Novak 2014, 10.5545/sv-jme.2014.1950)"
_LEE = "3D scan against calliper, 130 people: mean absolute difference 0.7 to 1.5 mm (Lee 2014, JFAR 7:44)"

REGISTRY: tuple[Measure, ...] = (
    Measure(
        "foot_length",
        "Foot length",
        "length",
        "mm",
        "From the pternion (rearmost point of the heel below 50 mm) to the foremost point of the toes, "
        "along the foot axis.",
        "ISO 7250-1 and ISO 9407 (foot length)",
        ("pternion", "acropodion"),
        home="Stand with the heel against a wall. Mark the tip of the longest toe on paper and measure "
        "from the wall.",
        plausible=(170.0, 340.0),
        definition_u95=1.5,
        entered_u95=3.0,
        error_source=_LEE,
    ),
    Measure(
        "ball_length",
        "Ball length",
        "length",
        "mm",
        "From the pternion along the foot axis to the metatarsale tibiale: the most medial point of the "
        "skin below 45 mm between 62 and 80 % of foot length. The truncated length of the arch height index.",
        "ISO 7250-1 (metatarsale tibiale); Williams & McClay 2000, Phys Ther 80:864 (truncated length)",
        ("pternion", "metatarsale_tibiale"),
        home="Heel against the wall. Feel the bony knob at the inner side of the big-toe joint, mark its "
        "middle on the paper and measure from the wall.",
        plausible=(115.0, 265.0),
        definition_u95=5.0,
        marked_u95=3.0,
        entered_u95=5.0,
        error_source="skin outline against palpated joint, our judgement; scanners add " + _SCANNER,
    ),
    Measure(
        "outer_ball_length",
        "Outer ball length",
        "length",
        "mm",
        "From the pternion along the foot axis to the metatarsale fibulare: the most lateral point of the "
        "skin below 40 mm between 52 and 72 % of foot length.",
        "ISO 7250-1 (metatarsale fibulare)",
        ("pternion", "metatarsale_fibulare"),
        home="Heel against the wall. Feel the knob at the outer side of the little-toe joint, mark its "
        "middle and measure from the wall.",
        plausible=(95.0, 235.0),
        definition_u95=6.0,
        marked_u95=3.0,
        entered_u95=6.0,
        error_source="skin outline against palpated joint, our judgement; scanners add " + _SCANNER,
    ),
    Measure(
        "ball_breadth",
        "Ball breadth",
        "width",
        "mm",
        "Across the foot axis, from the metatarsale tibiale to the metatarsale fibulare.",
        "ISO 7250-1 (foot breadth)",
        ("metatarsale_tibiale", "metatarsale_fibulare"),
        home="Put a book on edge against each side of the ball of the foot and measure between them.",
        plausible=(60.0, 145.0),
        definition_u95=2.0,
        entered_u95=3.0,
        error_source=_LEE,
    ),
    Measure(
        "heel_breadth",
        "Heel breadth",
        "width",
        "mm",
        "The widest extent across the foot axis between 8 and 20 % of foot length, below 40 mm.",
        "ISO 7250-1 (heel breadth)",
        ("heel_medial", "heel_lateral"),
        home="A book on edge against each side of the heel, measure between them.",
        plausible=(40.0, 100.0),
        definition_u95=2.0,
        entered_u95=3.0,
        error_source=_LEE,
    ),
    Measure(
        "instep_height",
        "Instep height",
        "height",
        "mm",
        "Height of the highest point of the dorsum above the floor in the plane across the foot axis at "
        "50 % of foot length.",
        "Williams & McClay 2000, Phys Ther 80:864 (dorsum height)",
        ("dorsum_50",),
        home="Mark half the foot length on the top of the foot. Lay a ruler flat across it and measure from "
        "the floor to the skin.",
        plausible=(35.0, 105.0),
        definition_u95=2.0,
        entered_u95=3.0,
        error_source=_LEE,
    ),
    Measure(
        "navicular_height",
        "Navicular height",
        "height",
        "mm",
        "Height of the navicular tuberosity above the floor. On unmarked skin it can't be seen: estimated "
        "as the height of the most medial point of the skin at 44 % of foot length, above the arch.",
        "Brody 1982; Nilsson 2012, JFAR 5:3 (norms)",
        ("navicular",),
        home="Feel for the bony knob on the inner side of the foot, a hand's width before the heel's back "
        "edge. Measure from the floor to its middle.",
        plausible=(10.0, 80.0),
        definition_u95=8.0,
        marked_u95=3.5,
        entered_u95=5.0,
        error_source="raters differ by 1.5 to 3.5 mm on the palpated bone (Vinicombe 2001, JAPMA); from skin "
        "more, our judgement",
    ),
    Measure(
        "arch_height",
        "Arch height",
        "height",
        "mm",
        "The highest point of the sole between the foot axis and the medial tangent from heel to ball, "
        "between 30 and 65 % of foot length, where the sole faces down (no steeper than 45 degrees).",
        "Rogati 2021, 10.1186/s13047-021-00461-z (error)",
        ("arch_apex",),
        plausible=(0.0, 60.0),
        definition_u95=1.2,
        definition_u95_percent=20.0,
        error_source="plantar arch height by scanner and software, mean error 22.3 % (Rogati 2021)",
    ),
    Measure(
        "medial_malleolus_height",
        "Inner ankle height",
        "height",
        "mm",
        "Height of the most medial point of the ankle (medial malleolus) above the floor, between 5 and "
        "40 % of foot length and 20 and 45 % of foot length high: a bulge, more medial than all around it.",
        "ISO 7250-1 (medial malleolus)",
        ("medial_malleolus",),
        home="Measure from the floor to the middle of the bony knob at the inner ankle.",
        plausible=(45.0, 125.0),
        definition_u95=4.0,
        marked_u95=3.0,
        entered_u95=5.0,
        error_source="skin bulge against palpated bone, our judgement",
    ),
    Measure(
        "ball_girth",
        "Ball girth",
        "girth",
        "mm",
        "A tape's way (convex hull) around the section by the vertical plane through metatarsale tibiale and "
        "metatarsale fibulare.",
        "ISO 7250-1; JIS S 5037 (ball girth)",
        ("metatarsale_tibiale", "metatarsale_fibulare"),
        home="A tape around the ball of the foot, over both joint knobs, snug without pressing.",
        plausible=(150.0, 340.0),
        definition_u95=4.0,
        entered_u95=5.0,
        error_source="ISO 20685 allows 4 mm on small girths (remembered)",
    ),
    Measure(
        "instep_girth",
        "Instep girth",
        "girth",
        "mm",
        "A tape's way (convex hull) around the section by the plane across the foot axis at 50 % of length.",
        "after ISO 7250-1 (instep girth)",
        ("dorsum_50",),
        home="A tape around the middle of the foot at half its length, snug without pressing.",
        plausible=(150.0, 340.0),
        definition_u95=4.0,
        entered_u95=6.0,
        error_source="ISO 20685 allows 4 mm on small girths (remembered)",
    ),
    Measure(
        "hallux_outline_angle",
        "Big-toe outline angle",
        "angle",
        "deg",
        "In plan, between the medial tangent from heel to ball and the medial border of the big toe (a "
        "straight line fitted to the skin outline over the middle half of the way from metatarsale tibiale "
        "to the toe's end). Valgus (toe leaning outwards, to the little toe) is positive. "
        "Not the X-ray angle.",
        "Fong 2021, JAPMA 111(5), 10.7547/19-167 (outline angle, ICC .90 to .95)",
        ("metatarsale_tibiale", "heel_medial"),
        plausible=(-15.0, 60.0),
        definition_u95=4.0,
        error_source="ICC .90 to .95 of the outline angle (Fong 2021), as 95 % error by our judgement",
    ),
    Measure(
        "rearfoot_angle",
        "Rearfoot angle",
        "angle",
        "deg",
        "Lean of the line through the midpoints of the heel's width, over the rear 15 % of foot length, "
        "between 8 and 20 % of foot length high, against the vertical. Everted (heel rolled in, the line's "
        "top leaning medially) is positive.",
        "resting calcaneal stance position; Sobel 1999 (norm)",
        ("heel_medial", "heel_lateral"),
        plausible=(-20.0, 25.0),
        definition_u95=3.0,
        error_source="ICC .92 of a trained hand (FAI 1998;19:688), category kappa .60 (Langley 2016): judged",
    ),
    Measure(
        "arch_height_index",
        "Arch height index",
        "index",
        "ratio",
        "Instep height divided by ball length.",
        "Williams & McClay 2000, Phys Ther 80:864",
        ("dorsum_50", "metatarsale_tibiale"),
        plausible=(0.15, 0.6),
        from_measures=("instep_height", "ball_length"),
    ),
    Measure(
        "normalised_navicular_height",
        "Normalised navicular height",
        "index",
        "ratio",
        "Navicular height divided by ball length.",
        "Murley 2009, JFAR 2:22, 10.1186/1757-1146-2-22",
        ("navicular", "metatarsale_tibiale"),
        plausible=(0.05, 0.5),
        from_measures=("navicular_height", "ball_length"),
    ),
    Measure(
        "arch_index",
        "Arch index",
        "index",
        "ratio",
        "Middle third of the toeless contact print as a share of the whole print. The print's length is cut "
        "in equal thirds along the foot axis. The print from shape is the sole no higher than 2 mm (1 to 3 "
        "mm goes into the error), toes cut off by the ball line moved forward by 8 % of foot length.",
        "Cavanagh & Rodgers 1987, J Biomech 20:547",
        ("metatarsale_tibiale", "metatarsale_fibulare"),
        plausible=(0.0, 0.5),
        definition_u95=0.02,
        error_source="test-retest of the static print .850 (J Manip Physiol Ther 2020;43:901)",
    ),
    Measure(
        "chippaux_smirak_index",
        "Chippaux-Smirak index",
        "index",
        "%",
        "Narrowest width of the middle third of the print over the widest of its front third, per cent.",
        "Forriol & Pascual 1990, Foot Ankle 11:101",
        (),
        plausible=(0.0, 110.0),
        definition_u95=4.0,
        error_source="flatbed scan ICC .817 and above (Papuga & Burke 2011, JMPT 34:114)",
    ),
    Measure(
        "staheli_index",
        "Staheli index",
        "index",
        "ratio",
        "Narrowest width of the middle third of the print over the widest width of its rear third.",
        "Staheli 1987, JBJS-A 69:426",
        (),
        plausible=(0.0, 2.0),
        definition_u95=0.06,
        error_source="flatbed scan ICC .817 and above (Papuga & Burke 2011, JMPT 34:114)",
    ),
    Measure(
        "arch_drop",
        "Arch drop",
        "pair",
        "mm",
        "Instep height sitting minus instep height standing, of one foot. Not the navicular drop of the "
        "literature, which starts from the neutral subtalar joint.",
        "Butler 2008, JAPMA 98:102",
        ("dorsum_50",),
        plausible=(-10.0, 25.0),
        from_measures=("instep_height",),
    ),
    Measure(
        "arch_rigidity_index",
        "Arch rigidity index",
        "pair",
        "ratio",
        "Arch height index standing over arch height index sitting, of one foot.",
        "Butler 2008, JAPMA 98:102",
        ("dorsum_50", "metatarsale_tibiale"),
        plausible=(0.6, 1.2),
        from_measures=("arch_height_index",),
    ),
    Measure(
        "arch_height_flexibility",
        "Arch height flexibility",
        "pair",
        "mm/kN",
        "Arch drop divided by the change of load on the foot (0.4 of body weight between sitting and "
        "standing), in mm per kN.",
        "Zifchock 2017, JAPMA 107:119 (formula from memory)",
        ("dorsum_50",),
        plausible=(-30.0, 80.0),
        from_measures=("arch_drop",),
    ),
)

# Widths of a wet footprint, taken by hand: no measures of the foot itself; two indices are made from them.
_PRINT_HOME = "Wet your sole, take one step onto paper and draw around the print. "
PRINT_WIDTHS: tuple[Measure, ...] = (
    Measure(
        "print_midfoot_width",
        "Footprint, narrowest midfoot",
        "width",
        "mm",
        "Narrowest width of the middle third of the toeless print, across the foot axis; 0 where the print "
        "is parted there.",
        "Forriol & Pascual 1990, Foot Ankle 11:101; Staheli 1987, JBJS-A 69:426",
        home=_PRINT_HOME + "Measure the narrowest place of its middle; 0 where nothing touched.",
        plausible=(0.0, 110.0),
        entered_u95=3.0,
    ),
    Measure(
        "print_forefoot_width",
        "Footprint, widest forefoot",
        "width",
        "mm",
        "Widest width of the front third of the toeless print, across the foot axis.",
        "Forriol & Pascual 1990, Foot Ankle 11:101",
        home=_PRINT_HOME + "Measure the widest place of the ball.",
        plausible=(50.0, 135.0),
        entered_u95=3.0,
    ),
    Measure(
        "print_heel_width",
        "Footprint, widest heel",
        "width",
        "mm",
        "Widest width of the rear third of the print, across the foot axis.",
        "Staheli 1987, JBJS-A 69:426",
        home=_PRINT_HOME + "Measure the widest place of the heel.",
        plausible=(28.0, 95.0),
        entered_u95=3.0,
    ),
)

IDS: tuple[str, ...] = tuple(m.id for m in REGISTRY)
BY_ID: dict[str, Measure] = {m.id: m for m in (*REGISTRY, *PRINT_WIDTHS)}
ENTERABLE: tuple[Measure, ...] = tuple(m for m in BY_ID.values() if m.entered_u95 > 0)
