"""What the charts show, as plain data: rows of marks with their doubt on one scale, and the numbers behind
them. No widget and no pixel here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from fitter.anatomy.measures import BY_ID
from fitter.app.text import _
from fitter.exchange.wording import (
    ALIKE_WORDS,
    AMONG_WORDS,
    CLASS_WORDS,
    class_words,
    percentile_cell,
    source_words,
    with_error,
)
from fitter.posture.posture import Posture, Vote
from fitter.quantity import Quantity

if TYPE_CHECKING:
    from fitter.anatomy.norms import Percentile
    from fitter.posture.sides import SideDifference
    from fitter.profile import FootFit, SidePair

Shape = Literal["dot", "square"]
Tone = Literal["main", "quiet", "loud"]

ARCH_RANGE = 3.0  # the continuum is drawn from -3 to +3 standard deviations
ARCH_CUTS = (-3.0, -2.0, -1.0, 1.0, 2.0, 3.0)
SIDES_RANGE = 4.0  # left against right is drawn up to four times its error


@dataclass(frozen=True, slots=True)
class Mark:
    """One value on the scale, its doubt from ``low`` to ``high``; ``told`` is what pointing at it says."""

    low: float
    value: float
    high: float
    told: str
    shape: Shape = "dot"
    tone: Tone = "main"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a chart: its name, the number beside it, and its marks."""

    name: str
    beside: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the scale with a name; ``colour`` counts the colours of the chart."""

    low: float
    high: float
    name: str
    colour: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A scale from ``low`` to ``high``, its zones, a leading mark drawn on them, and the rows below.

    ``from_`` is where a bar starts that has a length (None where a row is only a mark with its doubt).
    ``table`` is what is copied: heads first.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]
    caption: str
    table: tuple[tuple[str, ...], ...]
    zones: tuple[Zone, ...] = ()
    lead: Mark | None = None
    from_: float | None = None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Every mark, in the order they are met: the leading one, then row by row."""
        lead = () if self.lead is None else (self.lead,)
        return (*lead, *(mark for row in self.rows for mark in row.marks))

    @property
    def copied(self) -> str:
        """The numbers as a table for a spreadsheet: tabs between, a line a row."""
        return "\n".join("\t".join(cells) for cells in self.table)


# ------------------------------------------------------------------------------------------- the continuum


def continuum(posture: Posture) -> Chart:
    """The arch from very low to very high: all indices together on the zones, each by itself as a point
    below (its doubt is drawn by `votes`)."""
    points = tuple(
        replace(m, low=m.value, high=m.value) for vote in posture.indices for m in _vote(vote).marks
    )
    row = Row(_("Each index by itself"), _agreement(posture), points)
    return Chart(
        low=-ARCH_RANGE,
        high=ARCH_RANGE,
        ticks=_arch_ticks(),
        rows=(row,) if points else (),
        caption=_(
            "In standard deviations (SD) of standing adults; the line is where the arch lies in 95 of 100."
        ),
        table=_arch_table(posture),
        zones=_arch_zones(),
        lead=None if posture.score is None else _together(posture, posture.score),
    )


def votes(posture: Posture) -> Chart:
    """Each index by itself, with its doubt, over the zones of the continuum."""
    return Chart(
        low=-ARCH_RANGE,
        high=ARCH_RANGE,
        ticks=_arch_ticks(),
        rows=tuple(_vote(vote) for vote in posture.indices),
        caption=_(
            "Each index by itself with its doubt, in SD of standing adults. Point at one for its source."
        ),
        table=_arch_table(posture),
        zones=_arch_zones(),
    )


def _arch_zones() -> tuple[Zone, ...]:
    names = (_("very low"), _("low"), _("neutral"), _("high"), _("very high"))
    bounds = pairwise(ARCH_CUTS)
    return tuple(Zone(low, high, names[i], i) for i, (low, high) in enumerate(bounds))


def _arch_ticks() -> tuple[tuple[float, str], ...]:
    return tuple((cut, _signed(cut)) for cut in (*ARCH_CUTS[:3], 0.0, *ARCH_CUTS[3:]))


def _arch_table(posture: Posture) -> tuple[tuple[str, ...], ...]:
    heads = (_("Index"), _("Value"), _("Arch score"), _("By itself"))
    together = (_("All together"), "", _score(posture.score), class_words(posture, _))
    return (heads, together, *(_vote_cells(vote) for vote in posture.indices))


def _agreement(posture: Posture) -> str:
    """Whether the indices agree, in two words."""
    words = {"good": _("they agree"), "fair": _("they agree roughly"), "poor": _("they disagree")}
    return words.get(posture.agreement.level, "")


def _together(posture: Posture, score: Quantity) -> Mark:
    told = _("All indices together: {score}, {label}")
    words = told.format(score=with_error(score), label=class_words(posture, _))
    return Mark(score.low, score.value, score.high, words, tone="loud")


def _vote(vote: Vote) -> Row:
    label = _(CLASS_WORDS[vote.class_])
    told = _("{name} {value}: {label}. {source}").format(
        name=_index(vote), value=with_error(vote.value), label=label, source=source_words(vote.source)
    )
    mark = Mark(vote.score.low, vote.score.value, vote.score.high, told)
    return Row(_index(vote), label, (mark,))


def _vote_cells(vote: Vote) -> tuple[str, ...]:
    return _index(vote), with_error(vote.value), with_error(vote.score), _(CLASS_WORDS[vote.class_])


def _index(vote: Vote) -> str:
    return _(BY_ID[vote.index].name) if vote.index in BY_ID else vote.index.replace("_", " ")


def _score(score: Quantity | None) -> str:
    return "" if score is None else with_error(score)


def _signed(number: float) -> str:
    return f"{number:+g}".replace("-", "−") if number else "0"


# ------------------------------------------------------------------------------------------- among adults


def among_adults(fit: FootFit) -> Chart | None:
    """How many in a hundred adults have a smaller foot, measure by measure; None where nothing is known."""
    if fit.norms is None or not fit.norms.percentiles:
        return None
    found = {key: fit.measurements.get(key) for key in fit.norms.percentiles}
    measured = {key: q for key, q in found.items() if q is not None}
    rows = tuple(_place(key, q, fit.norms.percentiles[key]) for key, q in measured.items())
    cells = (
        (_(BY_ID[key].name), with_error(q), _people(p), percentile_cell(p, _))
        for key, q in measured.items()
        for p in fit.norms.percentiles[key]
    )
    return Chart(
        low=0.0,
        high=100.0,
        ticks=tuple((float(tick), str(tick)) for tick in (5, 25, 50, 75, 95)),
        rows=rows,
        caption=_("Of a hundred adults so many have a smaller foot. The bar is the doubt of the measure."),
        table=((_("Measure"), _("Value"), _("Among"), _("Smaller, of 100")), *cells),
        zones=(Zone(25.0, 75.0, _("middle half"), 0),),
    )


def _place(key: str, q: Quantity, percentiles: tuple[Percentile, ...]) -> Row:
    beside = ", ".join(
        _("{share} of {people}").format(share=_rough(p), people=_people(p)) for p in percentiles
    )
    return Row(_(BY_ID[key].name), beside, tuple(_place_mark(key, q, p) for p in percentiles))


def _place_mark(key: str, q: Quantity, p: Percentile) -> Mark:
    told = _("{name} {value}: among {people}, {share} of 100 are smaller").format(
        name=_(BY_ID[key].name), value=with_error(q), people=_people(p), share=percentile_cell(p, _)
    )
    shape: Shape = "square" if p.among == "male" else "dot"
    return Mark(p.low, p.value, p.high, told, shape, "quiet" if p.alike else "main")


def _people(p: Percentile) -> str:
    people = _(AMONG_WORDS[p.among])
    return f"{people} {_(ALIKE_WORDS[p.alike])}" if p.alike else people


def _rough(p: Percentile) -> str:
    return "<1" if p.value < 1.0 else ">99" if p.value > 99.0 else f"{p.value:.0f}"


# ------------------------------------------------------------------------------------------- left and right


def left_and_right(sides: SidePair) -> Chart:
    """What differs between the feet, measure by measure, in units of the error: only beyond 1 can it be told.

    To the left where the left foot is larger.
    """
    told = _("Left and right differ where a bar leaves the grey band: beyond the measures' error.")
    heads = (_("Measure"), _("Left"), _("Right"), _("Left minus right"), _("Larger"))
    return Chart(
        low=-SIDES_RANGE,
        high=SIDES_RANGE,
        ticks=((-SIDES_RANGE, _("left larger")), (0.0, _("alike")), (SIDES_RANGE, _("right larger"))),
        rows=tuple(_side(d) for d in sides.differences),
        caption=told,
        table=(heads, *(_side_cells(d) for d in sides.differences)),
        zones=(Zone(-1.0, 1.0, "", 0),),
        from_=0.0,
    )


def _side(d: SideDifference) -> Row:
    share = -d.difference.value / d.difference.u95 if d.difference.u95 > 0 else 0.0
    both = _("{name}: left {left}, right {right}").format(
        name=_(BY_ID[d.measure].name), left=with_error(d.left), right=with_error(d.right)
    )
    told = f"{both}. {_larger(d)}"
    mark = Mark(share - 1.0, share, share + 1.0, told, "square", "quiet" if d.larger is None else "loud")
    return Row(_(BY_ID[d.measure].name), _beside(d), (mark,))


def _beside(d: SideDifference) -> str:
    if d.larger is None:
        return _("alike within the error")
    return _("{left} | {right}").format(left=with_error(d.left), right=with_error(d.right))


def _larger(d: SideDifference) -> str:
    if d.larger is None:
        return _("No difference beyond the error.")
    much = with_error(Quantity(abs(d.difference.value), d.difference.u95, d.difference.unit))
    told = _("Left larger by {much}.") if d.larger == "left" else _("Right larger by {much}.")
    return told.format(much=much)


def _side_cells(d: SideDifference) -> tuple[str, ...]:
    words = {"left": _("left"), "right": _("right"), None: _("alike within the error")}
    return (
        _(BY_ID[d.measure].name),
        with_error(d.left),
        with_error(d.right),
        with_error(d.difference),
        words[d.larger],
    )
