"""The report: one A4 page for a person to keep, set from the fit profile and pictures of the posed feet.

The same result gives the same bytes: no clock, a fixed date, bundled fonts.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fpdf.enums import RenderStyle

from fitter.anatomy.measures import REGISTRY
from fitter.anatomy.norms import Norms, Percentile
from fitter.exchange.foot_drawing import draw_outline
from fitter.exchange.pdf_knee import explained, knee_pieces
from fitter.exchange.pdf_page import (
    ACCENT,
    ALARM,
    ALARM_TINT,
    FOOT_OF_PAGE,
    GREY,
    INK,
    LINE,
    MARGIN,
    TOP_OF_PAGE,
    WIDTH,
    Column,
    Page,
    Rgb,
    Row,
    columns_of,
)
from fitter.exchange.wording import (
    AMONG_WORDS,
    EVIDENCE_WORDS,
    SIDE_WORDS,
    STRENGTH_WORDS,
    class_words,
    criteria_summary,
    each_foot_sizes,
    flag_words,
    flatfoot_words,
    flexibility_words,
    foot_title,
    not_measured,
    override_words,
    parameter_cell,
    percentile_cell,
    plain,
    side_words,
    sign,
    sizes_alike,
    try_on_lines,
    verdict_words,
    with_error,
)
from fitter.language import current, spoken
from fitter.posture.posture import Posture
from fitter.posture.sides import chance_note
from fitter.profile import FitProfile, FitResult, FootFit
from fitter.quantity import Quantity
from fitter.saying import N_, begun, joined, say, shown
from fitter.scan.foot import Foot

MOST_FEET = 4
VIEWS = ("top", "medial", "sole")

# The continuum: where each class begins (SD of standing adults), its short name and its tint.
ZONES: tuple[tuple[float, float, str, Rgb], ...] = (
    (-3.0, -2.0, N_("very low"), (226, 184, 156)),
    (-2.0, -1.0, N_("low"), (240, 218, 201)),
    (-1.0, 1.0, N_("neutral"), (224, 233, 227)),
    (1.0, 2.0, N_("high"), (207, 221, 235)),
    (2.0, 3.0, N_("very high"), (168, 195, 221)),
)
# Below the last of these a page is too small to read, and the report goes on to further pages.
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
SCALES_OF_SEVERAL = (0.95, 0.9, 0.85, 0.8, 0.75, 0.65)


def to_pdf(result: FitResult) -> bytes:
    """The report as PDF bytes: one A4 page, set as large as its content lets it be, or several."""
    pictures = [_pictures(shape) if shape is not None else () for shape in result.shapes[:MOST_FEET]]
    return _laid_out(result.profile, pictures)


def remade(profile: FitProfile, before: bytes) -> bytes | None:
    """The report of a profile that was changed since, with the pictures of the report made ``before``; None
    where that is no report of the same captures.

    A profile holds no shape, so the pictures can't be drawn again; they are the ones that don't change.
    """
    if _stamp(profile).encode() not in before[-_STAMPED_WITHIN:]:
        return None
    found = pictures_in(before)
    scanned = [foot.source == "scan" for foot in profile.feet[:MOST_FEET]]
    if len(found) != len(VIEWS) * sum(scanned):
        return None
    three = iter(found[k : k + len(VIEWS)] for k in range(0, len(found), len(VIEWS)))
    return _laid_out(profile, [tuple(next(three)) if scan else () for scan in scanned])


def _laid_out(profile: FitProfile, pictures: Sequence[tuple[_Picture, ...]]) -> bytes:
    rows, trial = _rows(profile, pictures), Page(1.0, trial=True)
    for trial.scale in SCALES:
        if trial.set(rows) <= FOOT_OF_PAGE:
            page = Page(trial.scale, like=trial)
            page.set(rows)
            explained(page, profile)
            return _bytes(page, profile)
    return _several(profile, rows, trial)


# The document's own lines about itself stand at its end.
_STAMPED_WITHIN = 4096


def _stamp(profile: FitProfile) -> str:
    """What tells of which captures a report is."""
    every = "".join(c.sha256 for c in profile.captures)
    return f"captures {hashlib.sha256(every.encode()).hexdigest()[:24]}"


def _bytes(page: Page, profile: FitProfile) -> bytes:
    page.pdf.set_keywords(_stamp(profile))
    return bytes(page.pdf.output())


def _several(profile: FitProfile, rows: Sequence[Row], trial: Page) -> bytes:
    """As few pages as can be, set as large as they let it be; no row is cut where a page can hold it."""
    ways = []
    for trial.scale in SCALES_OF_SEVERAL:
        heights = [trial.set([row], FOOT_OF_PAGE) - FOOT_OF_PAGE for row in rows]
        too_tall = max(heights) > FOOT_OF_PAGE - TOP_OF_PAGE
        starts = _page_starts(heights)
        ways.append((too_tall, len(starts), -trial.scale, starts))
    _, _, less, starts = min(ways)
    page, y = Page(-less, like=trial), TOP_OF_PAGE
    for number, row in enumerate(rows):
        if number in starts:
            page.pdf.add_page()
            y = TOP_OF_PAGE
        y = page.set([row], y)
    explained(page, profile)
    return _bytes(page, profile)


def _page_starts(heights: Sequence[float]) -> tuple[int, ...]:
    """Which rows begin a further page."""
    starts, y = [], TOP_OF_PAGE
    for number, height in enumerate(heights):
        if y > TOP_OF_PAGE and y + height > FOOT_OF_PAGE:
            starts.append(number)
            y = TOP_OF_PAGE
        y += height
    return tuple(starts)


# ---------------------------------------------------------------------------------------- composition


def _rows(profile: FitProfile, pictures: Sequence[tuple[_Picture, ...]]) -> list[Row]:
    """What the report says, from top to bottom. Each is set from a y on and gives the y below its last line,
    which may lie off the page."""
    feet = profile.feet[:MOST_FEET]

    def head(page: Page, y: float) -> float:
        y = _stop(page, profile, _title(page, profile, feet, y))
        return _cards(page, feet, pictures, y) + 2.5 * page.scale

    def beside(blocks: tuple[_Block, ...]) -> Row:
        def row(page: Page, y: float) -> float:
            columns = zip(blocks, columns_of(len(blocks)), strict=True)
            return max(block(page, column, y, profile, feet) for block, column in columns) + 2.5 * page.scale

        return row

    def foot(page: Page, y: float) -> float:
        return _colophon(page, profile, y)

    return [head, *map(beside, _blocks(len(feet), profile)), foot]


_Block = Callable[[Page, Column, float, FitProfile, Sequence[FootFit]], float]


def _blocks(feet: int, profile: FitProfile) -> list[tuple[_Block, ...]]:
    """What stands below the feet, row by row: beside each other where two columns are wide enough."""
    if profile.knee is None:
        return [(_measures, _size_and_notes)] if feet <= 2 else [(_measures,), (_size,), (_notes,)]
    if feet <= 2:
        return [(_measures_and_size, _support), (_knee, _notes)]
    return [(_measures,), (_support,), (_size,), (_knee, _notes)]


def _title(page: Page, profile: FitProfile, feet: Sequence[FootFit], y: float) -> float:
    page.text(MARGIN, y, WIDTH / 2, N_("Fit profile"), size=19, bold=True, color=ACCENT)
    more = len(profile.feet) - len(feet)
    about = " · ".join(dict.fromkeys(spoken(SIDE_WORDS[foot.side]) for foot in feet))
    about += f" · {spoken(say('{count} more in profile.json', count=more))}" if more > 0 else ""
    page.text(MARGIN + WIDTH / 2, y + 2.2, WIDTH / 2, shown(about), size=10, bold=True, align="R")
    sub = "± is the 95 % error of a number. Lengths in mm, angles in degrees."
    page.text(MARGIN + WIDTH / 2, y + 7.0, WIDTH / 2, sub, size=7, color=GREY, align="R")
    page.rule(MARGIN, y + 12.0, WIDTH, ACCENT, 0.5)
    return y + 14.5


def _stop(page: Page, profile: FitProfile, y: float) -> float:
    flags = profile.red_flags.stop if profile.red_flags else ()
    if not flags:
        return y
    lines = [shown(flag_words(flag)) for flag in flags]
    left, width = MARGIN + 4, WIDTH - 8
    height = 4 + page.height(width, "Please", 10, bold=True) + sum(page.height(width, t, 8.5) for t in lines)
    page.box(MARGIN, y, WIDTH, height, ALARM_TINT)
    page.box(MARGIN, y, 1.2, height, ALARM)
    held = profile.red_flags is not None and profile.red_flags.blocking
    title = "Please see someone first" if held else "A professional went on in spite of this"
    below = page.text(left, y + 2, width, title, size=10, bold=True, color=ALARM)
    for line in lines:
        below = page.text(left, below, width, line, size=8.5)
    return y + height + 3 * page.scale


def _cards(page: Page, feet: Sequence[FootFit], pictures: Sequence[tuple[_Picture, ...]], y: float) -> float:
    """What each foot looks like and where its arch stands: side by side, or in two halves for one foot."""
    columns = columns_of(max(2, len(feet)))
    bottoms = [y]
    for n, foot in enumerate(feet):
        top = page.heading(columns[n].x, y, columns[n].width, begun(shown(foot_title(foot))))
        bottom = _likeness(page, columns[n], top, foot, pictures[n])
        if foot.posture is not None and len(feet) == 1:
            bottoms.append(
                _arch(
                    page,
                    columns[1],
                    page.heading(columns[1].x, y, columns[1].width, N_("Arch")),
                    foot.posture,
                )
            )
        elif foot.posture is not None:
            bottom = _arch(page, columns[n], bottom + 1.5 * page.scale, foot.posture)
        bottoms.append(bottom)
    return max(bottoms)


# ---------------------------------------------------------------------------------------- pictures


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """A view cropped to the foot: a PIL image and its size in pixels."""

    image: object
    width: int
    height: int


def _pictures(foot: Foot) -> tuple[_Picture, ...]:
    """The foot from above, from its inner side and from below."""
    import numpy as np  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    from fitter.picture.views import render_view  # noqa: PLC0415

    found = []
    for view in VIEWS:
        pixels = render_view(foot, view, (520, 520), background=(255, 255, 255))
        rows, cols = np.nonzero((pixels < 250).any(axis=2))
        cropped = pixels[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1]
        found.append(_Picture(Image.fromarray(cropped), cropped.shape[1], cropped.shape[0]))
    return tuple(found)


_IMAGE = re.compile(
    rb"/ColorSpace /DeviceRGB\n/DecodeParms <</Predictor 15 [^\n]*\n/Filter /FlateDecode\n/Height (\d+)\n"
    rb"/Length (\d+)\n/Subtype /Image\n/Type /XObject\n/Width (\d+)\n>>\nstream\n"
)


def pictures_in(report: bytes) -> list[_Picture]:
    """The pictures of a report that this program wrote, in their order: their pixels are kept as PNG keeps
    them."""
    from PIL import Image  # noqa: PLC0415

    found = []
    for match in _IMAGE.finditer(report):
        height, length, width = map(int, match.groups())
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        data = report[match.end() : match.end() + length]
        png = b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
        )
        found.append(_Picture(Image.open(io.BytesIO(png)).convert("RGB"), width, height))
    return found


def _likeness(page: Page, column: Column, y: float, foot: FootFit, pictures: Sequence[_Picture]) -> float:
    """The foot's pictures on one baseline; a drawing with its dimensions where it was measured by hand."""
    height = 42.0 * page.scale * min(1.0, column.width / 87.0)
    if not pictures:
        return draw_outline(page.pdf, column.x, y, column.width, height, foot.measurements, page.text)
    sizes = [_fitted(p, height, 0.5 * column.width) for p in pictures]
    gap = (column.width - sum(w for w, _ in sizes)) / (len(sizes) + 1)
    x = column.x + gap
    for picture, (w, h) in zip(pictures, sizes, strict=True):
        if not page.trial:
            page.pdf.image(picture.image, x, y + height - h, w, h)
        x += w + gap
    legend = "From above, inside and below (dark blue: within 2 mm of the floor)."
    return page.text(column.x, y + height + 0.5, column.width, legend, size=6.2, color=GREY, align="C")


def _fitted(picture: _Picture, height: float, width: float) -> tuple[float, float]:
    factor = min(height / picture.height, width / picture.width)
    return picture.width * factor, picture.height * factor


# ---------------------------------------------------------------------------------------- the arch


def _arch(page: Page, column: Column, y: float, posture: Posture) -> float:
    """The continuum with the foot's interval on it, and what it means in words."""
    y = _continuum(page, column, y + 0.5, posture.score)
    name = begun(shown(class_words(posture)))
    y = page.text(column.x, y, column.width, name, size=10, bold=True)
    if posture.score is not None:
        score = say(
            "Arch score {score}; 0 is the average adult, higher is a higher arch.",
            score=shown(with_error(posture.score)),
        )
        y = page.text(column.x, y, column.width, score)
    y = page.text(column.x, y, column.width, posture.statement)
    y = page.text(column.x, y, column.width, shown(f"{flatfoot_words(posture.flatfoot)}."))
    agreed = f"{spoken(posture.agreement.text)} {criteria_summary(posture)}".strip()
    return page.text(column.x, y, column.width, shown(agreed), color=GREY)


def _continuum(page: Page, column: Column, y: float, score: Quantity | None) -> float:
    height = 5.2 * page.scale
    place = _on_scale(column)
    below = y
    for low, high, name, tint in ZONES:
        left, width = place(low), place(high) - place(low)
        page.box(left, y, width, height, tint if score else LINE)
        bottom = page.text(left, y + height + 0.3, width, name, size=6, color=GREY, align="C")
        below = max(below, bottom)
    if score is not None:
        _interval(page, place, y + height / 2, score)
    return below + 0.3


def _on_scale(column: Column) -> Callable[[float], float]:
    """Where a score stands on the bar (mm from the left edge of the page); beyond 3 SD, at its end."""
    return lambda sd: column.x + (min(3.0, max(-3.0, sd)) + 3.0) / 6.0 * column.width


def _interval(page: Page, place: Callable[[float], float], y: float, score: Quantity) -> None:
    pdf, half = page.pdf, 1.3 * page.scale
    pdf.set_draw_color(*INK)
    pdf.set_fill_color(*INK)
    pdf.set_line_width(0.6)
    pdf.line(place(score.low), y, place(score.high), y)
    pdf.set_line_width(0.35)
    for end in (score.low, score.high):
        if abs(end) < 3.0:
            pdf.line(place(end), y - half, place(end), y + half)
    pdf.set_draw_color(255, 255, 255)
    pdf.circle(place(score.value), y, 1.25 * page.scale, style=RenderStyle.DF)


# ---------------------------------------------------------------------------------------- tables


def _measures(page: Page, column: Column, y: float, profile: FitProfile, feet: Sequence[FootFit]) -> float:
    rows = []
    for m in REGISTRY:
        cells = [
            f"{plain(q.value, m.unit)} ± {plain(q.u95, m.unit)}"
            if (q := foot.measurements.get(m.id))
            else "–"
            for foot in feet
        ]
        if any(cell != "–" for cell in cells):
            rows.append((_named(m.name, m.unit), *cells))
    y = page.heading(column.x, y, column.width, N_("Measures"))
    return _table(page, column, y, _heads(feet), rows, share=0.21 if len(feet) < 3 else 0.17)


def _support(page: Page, column: Column, y: float, profile: FitProfile, feet: Sequence[FootFit]) -> float:
    feet = [foot for foot in feet if foot.support is not None]
    if not feet:
        return y
    y = page.heading(column.x, y, column.width, N_("Support"))
    profiles = [foot.support for foot in feet if foot.support is not None]
    for statement in dict.fromkeys(s.statement for s in profiles):
        y = page.text(column.x, y, column.width, statement)
    found = [{p.id: p for p in s.parameters} for s in profiles]
    every = {p.id: p for parameters in found for p in parameters.values()}
    # The strength of evidence of a row is a footnote sign.
    signs = dict(zip(dict.fromkeys(p.evidence for p in every.values()), "¹²³⁴⁵", strict=False))
    rows, notes = [], []
    for parameter_id, p in every.items():
        cells = [parameter_cell(f[parameter_id]) if parameter_id in f else "–" for f in found]
        if max(len(cell) for cell in cells) > 24:  # a sentence, not a setting
            notes += [f"{spoken(p.name)}: {cell}." for cell in dict.fromkeys(cells) if cell != "–"]
        else:
            rows.append((f"{_named(p.name, p.unit)}\u00a0{signs.get(p.evidence, '')}", *cells))
    if rows:
        y = _table(page, column, y + 0.6, _heads(feet), rows, share=0.28 if len(feet) < 3 else 0.17)
        set_by = (f"{sign_} {spoken(EVIDENCE_WORDS[word])}" for word, sign_ in signs.items())
        notes.append(spoken(say("Set by: {by}.", by=", ".join(set_by))))
    for foot, parameters in zip(feet, found, strict=True):
        by_hand = (p for p in parameters.values() if p.override is not None)
        notes += [f"{spoken(SIDE_WORDS[foot.side])}, {spoken(p.name)}: {override_words(p)}." for p in by_hand]
    if profile.try_on is not None:
        notes += [" ".join((spoken(N_("Tried on.")), *try_on_lines(profile.try_on)))]
    notes += [current().unreviewed] if current().unreviewed else []
    for note in notes:
        y = page.text(column.x, y + 0.6, column.width, shown(note), size=7)
    return y


def _measures_and_size(
    page: Page, column: Column, y: float, profile: FitProfile, feet: Sequence[FootFit]
) -> float:
    y = _measures(page, column, y, profile, feet) + 2.5 * page.scale
    return _size(page, column, y, profile, feet)


def _size_and_notes(
    page: Page, column: Column, y: float, profile: FitProfile, feet: Sequence[FootFit]
) -> float:
    y = _size(page, column, y, profile, feet) + 2.5 * page.scale
    return _notes(page, column, y, profile, feet)


def _size(page: Page, column: Column, y: float, profile: FitProfile, feet: Sequence[FootFit]) -> float:
    """How large these feet are among adults, and their shoe sizes: those of the pair where there is one."""
    shoes = [profile.sizes] if profile.sizes else [foot.sizes for foot in feet if foot.sizes]
    norms = [foot.norms for foot in feet if foot.norms]
    if not shoes and not norms:
        return y
    y = page.heading(column.x, y, column.width, N_("Size"))
    # A capture that is compared with nobody, as a sitting one, has no column.
    compared = [n for n, foot in enumerate(feet) if foot.norms and foot.norms.percentiles]
    placed = [norms_of.percentiles for n in compared if (norms_of := feet[n].norms)]
    rows = [
        (
            spoken(say("{name}, percentile", name=m.name)),
            *(_places(percentiles.get(m.id, ())) for percentiles in placed),
        )
        for m in REGISTRY
        if any(m.id in percentiles for percentiles in placed)
    ]
    if rows:
        heads = [_heads(feet)[n] for n in compared]
        share = {1: 0.28, 2: 0.34}.get(len(compared), 0.17)
        y = _table(page, column, y, heads, rows, share) + 0.6
    told = dict.fromkeys(note for n in norms for note in (_among(n), *n.notes) if note)
    y = page.text(column.x, y, column.width, shown(" ".join(map(spoken, told))), size=7, color=GREY)
    for line in each_foot_sizes(profile):
        y = page.text(column.x, y + 0.6, column.width, shown(line), size=7.6)
    for s in shoes:
        words = "; ".join(f"{names}: {told}" for names, told, _assumed in sizes_alike(s))
        y = page.text(
            column.x, y + 0.6, column.width, say("Shoe size of {whose}", whose=s.of), size=7.6, bold=True
        )
        y = page.text(
            column.x, y, column.width, shown(f"{words}.") if words else s.refused.text if s.refused else ""
        )
    notes = dict.fromkeys(note for s in shoes for note in s.notes)
    return page.text(column.x, y + 0.4, column.width, shown(" ".join(map(spoken, notes))), size=7, color=GREY)


def _among(norms: Norms) -> str:
    if not norms.percentiles:
        return ""
    return say(
        "How many in a hundred are smaller (95 % range): {population}.",
        population=norms.population,
    )


def _places(percentiles: Sequence[Percentile]) -> str:
    """ "men 49 (41–59)" of the one sex, or a line for women and one for men where it is not known."""
    cells = [f"{spoken(AMONG_WORDS[p.among])} {percentile_cell(p)}" for p in percentiles if not p.alike]
    return (
        " ".join(cell.replace(" ", "\u00a0") for cell in cells) or "–"
    )  # a line ends between the sexes only


def _named(name: str, unit: str) -> str:
    """A row's name with its unit; mm goes without saying."""
    name, shown = spoken(name), sign(unit).strip()
    return name if shown in ("", "mm") else f"{name},\u00a0{shown}"  # no line begins with a unit


def _heads(feet: Sequence[FootFit]) -> list[str]:
    """The head of each foot's column: its side, and its load where one foot was taken twice."""
    sides = [foot.side for foot in feet]
    twice = len(set(sides)) < len(sides)
    return [
        f"{spoken(foot.side)}, {spoken(_LOADS.get(foot.load, foot.load))}" if twice else spoken(foot.side)
        for foot in feet
    ]


_LOADS = {"single_leg": "one leg", "unknown": "load unknown"}


def _table(
    page: Page, column: Column, y: float, sides: Sequence[str], rows: Iterable[Sequence[str]], share: float
) -> float:
    """Words as they are shown: names on the left, a right-aligned column a foot, a hairline under each."""
    cell = share * column.width * (1.5 if len(sides) == 1 else 1.0)
    first = column.width - cell * len(sides)
    for n, side in enumerate(sides):
        head = page.text(column.x + first + n * cell, y, cell, shown(side), size=7, color=GREY, align="R")
    y = head + 0.2
    for name, *values in rows:
        page.rule(column.x, y, column.width)
        bottoms = [page.text(column.x, y + 0.35, first - 2, shown(name), size=7.6)]
        for n, value in enumerate(values):
            x = column.x + first + n * cell
            bottoms.append(page.text(x, y + 0.35, cell, shown(value), size=7.6, align="R"))
        y = max(bottoms) + 0.35
    return y


# ---------------------------------------------------------------------------------------- words


def _knee(page: Page, column: Column, y: float, profile: FitProfile, feet: Sequence[FootFit]) -> float:
    knee = profile.knee
    if knee is None:
        return y
    y = page.heading(column.x, y, column.width, N_("Knee"))
    for line in (*knee.first_lines, knee.more):
        y = page.text(column.x, y, column.width, line, size=7.6) if line else y
    for c in knee.contributors:
        y = page.text(
            column.x,
            y + 0.5,
            column.width,
            shown(f"{spoken(c.name)} ({spoken(STRENGTH_WORDS[c.strength])})"),
            size=7.6,
            bold=True,
        )
        y = page.text(column.x, y, column.width, c.about_you, size=7.6)
    y = page.text(column.x, y + 0.8, column.width, knee.see_someone, size=7.6)
    further = N_("More of it, with exercises, on the next pages.") if knee_pieces(profile) else ""
    stands = N_("The source of every statement and setting stands in profile.json.")
    sources = joined(" ", (current().unreviewed, further, stands))
    return page.text(column.x, y + 0.8, column.width, sources, size=7, color=GREY)


def _notes(page: Page, column: Column, y: float, profile: FitProfile, feet: Sequence[FootFit]) -> float:
    """What was worth showing, what was assumed, and what these feet could not tell."""
    y = page.heading(column.x, y, column.width, "Good to know")
    for label, words in _remarks(profile, feet):
        y = page.text(column.x, y + 0.4, column.width, label, size=7.6, bold=True)
        y = page.text(column.x, y, column.width, shown(words), size=7.6)
    return y


def _remarks(profile: FitProfile, feet: Sequence[FootFit]) -> list[tuple[str, str]]:
    """English labels, and words as they are shown."""
    remarks = []
    if profile.red_flags is not None:
        shown = [flag_words(flag) for flag in profile.red_flags.mention]
        remarks += [("Worth showing to a clinician", " ".join(shown))] if shown else []
        if not profile.red_flags.asked:
            asked = N_("The questions about pain, injury and numbness that come first were not all answered.")
            remarks.append((N_("Not asked"), spoken(asked)))
    shown_feet = range(len(feet))
    gives = [flexibility_words(p, profile) for p in profile.pairs if p.standing in shown_feet]
    remarks += [("Sitting and standing", " ".join(gives))] if gives else []
    for sides in profile.sides:
        apart = "; ".join(side_words(sides))
        told = (
            f"{apart}. {spoken(chance_note(sides.differences))}".rstrip()
            if apart
            else spoken(sides.statement)
        )
        remarks.append(("Left and right", told))
    remarks += _of_each(
        feet,
        "Taken as given",
        lambda foot: "; ".join(spoken(a.text).rstrip(".") for a in foot.assumptions.values()) + ".",
    )
    remarks += _of_each(feet, "The scan" if feet[0].source == "scan" else "The measures", _quality)
    remarks += _of_each(feet, "Could not be told", _untold)
    remarks += (
        [("Please note", " ".join(_sentence(spoken(w)) for w in profile.warnings))]
        if profile.warnings
        else []
    )
    watch = dict.fromkeys(w for foot in feet if foot.support for w in foot.support.watch_for)
    return remarks + ([("When you wear it", " ".join(map(spoken, watch)))] if watch else [])


def _of_each(feet: Sequence[FootFit], label: str, tell: Callable[[FootFit], str]) -> list[tuple[str, str]]:
    """One remark where it holds for every foot, else one a foot; nothing where there is nothing to say."""
    sides = [foot.side for foot in feet]
    twins = len(set(sides)) < len(sides)
    said = {foot_title(foot) if twins else spoken(SIDE_WORDS[foot.side]): tell(foot) for foot in feet}
    if len(set(said.values())) == 1:
        words = next(iter(said.values()))
        return [(label, _sentence(words))] if words.strip(".") else []
    return [
        (shown(f"{spoken(label)}, {begun(name, small=current().code != 'de')}"), _sentence(words))
        for name, words in said.items()
        if words.strip(".")
    ]


def _quality(foot: FootFit) -> str:
    verdict = verdict_words(foot)
    told = (f"{verdict}.", *map(spoken, foot.quality.why)) if verdict else ()
    return " ".join((*told, spoken(foot.quality.statement), *map(spoken, foot.quality.notes)))


def _untold(foot: FootFit) -> str:
    return " ".join(f"{', '.join(names)}: {reason}" for reason, names in not_measured(foot).items())


def _sentence(words: str) -> str:
    words = (words[:1].upper() + words[1:]).rstrip()
    return words if words.endswith((".", "!", "?")) else words + "."


def _colophon(page: Page, profile: FitProfile, y: float) -> float:
    """Disclaimer, versions and the fingerprints of the inputs, at the foot of the page."""
    rules = dict.fromkeys(foot.support.rule_set for foot in profile.feet if foot.support is not None)
    inputs = dict.fromkeys(f"{_shortened(c.file)} (sha256 {c.sha256[:12]})" for c in profile.captures)
    made = " · ".join((f"Fitter {profile.program_version}", *rules, *inputs))
    page.height(WIDTH, shown(made), 6.2)  # file names may hold what can't be printed
    made = " · ".join(part for part in (made, spoken(page.type.note)) if part)
    height = page.height(WIDTH, profile.disclaimer or "", 7) + page.height(WIDTH, shown(made), 6.2) + 1.1
    top = max(y, FOOT_OF_PAGE - height)
    page.rule(MARGIN, top, WIDTH)
    below = top + 0.8
    if profile.disclaimer:
        below = page.text(MARGIN, below, WIDTH, profile.disclaimer, size=7)
    return page.text(MARGIN, below + 0.3, WIDTH, shown(made), size=6.2, color=GREY) - 0.01


def _shortened(name: str, most: int = 60) -> str:
    """A file name with its middle left out where it is too long for a line."""
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-most // 2 :]}"
