"""The pages of the report that explain the knee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fitter.exchange.chain_still import TALLEST, draw_chain, draw_exercises
from fitter.exchange.pdf_page import (
    ACCENT,
    FOOT_OF_PAGE,
    GREY,
    INK,
    MARGIN,
    TOP_OF_PAGE,
    WIDTH,
    Page,
    Rgb,
    columns_of,
)
from fitter.exchange.wording import (
    contributor_lines,
    contributor_words,
    exercise_lines,
    exercise_words,
    follow_up_lines,
    rules_of_all,
    statement_words,
)
from fitter.language import current, spoken
from fitter.profile import FitProfile
from fitter.saying import N_, shown


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of the pages about the knee; a ``head`` stays with what follows it."""

    words: str
    size: float = 7.6
    bold: bool = False
    color: Rgb = INK
    above: float = 0.3
    head: bool = False


def explained(page: Page, profile: FitProfile) -> None:
    """The pages about the knee: two columns, as large as one page allows, or more pages small."""
    pieces = knee_pieces(profile)
    if not pieces:
        return
    set_at, room = page.scale, FOOT_OF_PAGE - _SIGN_HEIGHT * (profile.mode == "professional")
    for page.scale in _SCALES_OF_KNEE:
        flowed = _flowed(page, pieces, room)
        if len(flowed) <= 2:
            break
    for n, placed in enumerate(flowed):
        if n % 2 == 0:
            page.pdf.add_page()
            page.text(MARGIN, TOP_OF_PAGE, WIDTH, N_("The knee, explained"), size=13, bold=True, color=ACCENT)
        column = columns_of(2)[n % 2]
        for y, piece in placed:
            page.text(
                column.x, y, column.width, piece.words, size=piece.size, bold=piece.bold, color=piece.color
            )
    _still(page, profile, flowed, room)
    if profile.mode == "professional":
        _signature(page)
    page.scale = set_at


def _still(
    page: Page, profile: FitProfile, flowed: Sequence[list[tuple[float, _Piece]]], room: float
) -> None:
    """The drawn chain below the last words or in the empty column beside them; where there is no room, on a
    page of its own with the exercises beside it."""
    if profile.knee is None or not profile.knee.chain:
        return
    columns = columns_of(2)
    y, last = flowed[-1][-1]
    y += page.height(columns[0].width, last.words, last.size, last.bold) + 3.0
    column = columns[(len(flowed) - 1) % 2]
    if y + TALLEST * column.width > room:
        y, column = _TOP_OF_FLOW, columns[len(flowed) % 2]
        if len(flowed) % 2 == 0:
            page.pdf.add_page()
            page.text(MARGIN, TOP_OF_PAGE, WIDTH, N_("The knee, drawn"), size=13, bold=True, color=ACCENT)
            other = columns[1]
            draw_exercises(page.pdf, other.x, y, other.width, profile.knee.exercises, page.text)
    draw_chain(page.pdf, column.x, y, column.width, profile)


_SCALES_OF_KNEE = (0.95, 0.85, 0.75)
_TOP_OF_FLOW, _SIGN_HEIGHT = TOP_OF_PAGE + 9.0, 22.0


def _flowed(page: Page, pieces: Sequence[_Piece], room: float) -> list[list[tuple[float, _Piece]]]:
    """Where each piece stands, column by column; a new column where one is full."""
    width = columns_of(2)[0].width
    columns: list[list[tuple[float, _Piece]]] = [[]]
    y = top = _TOP_OF_FLOW
    for n, piece in enumerate(pieces):
        tall = page.height(width, piece.words, piece.size, piece.bold)
        # A head needs room for what follows it.
        after = pieces[n + 1 : n + 2] if piece.head else ()
        needs = tall + sum(page.height(width, p.words, p.size, p.bold) + p.above for p in after)
        if y > top and y + piece.above + needs > room:
            columns.append([])
            y = top
        y += piece.above if y > top else 0.0
        columns[-1].append((y, piece))
        y += tall
    return columns


def knee_pieces(profile: FitProfile) -> list[_Piece]:
    """All that is said about the knee, with the evidence, beyond the first page's few lines."""
    knee = profile.knee
    if knee is None or not any(c.evidence for c in knee.contributors):
        return [_Piece(shown(line)) for line in follow_up_lines(profile)] if profile.follow_up else []

    def head(words: str) -> _Piece:
        return _Piece(words, 9.5, True, ACCENT, 2.4, head=True)

    found = [_Piece(line, bold=True) for line in knee.first_lines]
    found += [_Piece(current().unreviewed, 6.6, color=GREY)] if current().unreviewed else []
    found += [head("What can add to it, best supported first")]
    for c in knee.contributors:
        found += [
            _Piece(shown(f"{spoken(c.name)} ({contributor_words(c)})"), bold=True, above=1.2, head=True)
        ]
        found += [_Piece(shown(line)) for line in contributor_lines(c)[:-1]]
        if knee.mode == "professional":
            found += [_Piece(shown(statement_words(s, knee.mode)), 6.6, color=GREY) for s in c.statements]
        else:
            found += [_Piece(shown(contributor_lines(c)[-1]), 6.6, color=GREY)]
    found += [head("From the heel to the kneecap")] if knee.chain else []
    found += [
        _Piece(shown(f"{spoken(k.name)}. {statement_words(k.statement, knee.mode)}")) for k in knee.chain
    ]
    found += [head("What may help")]
    found += [_Piece(shown(statement_words(s, knee.mode)), above=0.8) for s in knee.what_helps]
    found += [_Piece(knee.support_option, above=0.8)]
    every = rules_of_all(knee.exercises)
    found += [head(N_("Exercises")), *(_Piece(rule) for rule in every)] if knee.exercises else []
    for e in knee.exercises:
        own = (rule for rule in (e.stop_when, e.with_therapist) if rule not in every)
        found += [_Piece(shown(exercise_words(e)), bold=True, above=1.2, head=True)]
        found += [_Piece(line) for line in (*map(shown, exercise_lines(e)), *own)]
    found += [head("Not worth paying for")] if knee.not_worth else []
    found += [_Piece(shown(statement_words(s, knee.mode)), above=0.8) for s in knee.not_worth]
    found += [head("How it went")] if profile.follow_up else []
    found += [_Piece(shown(line)) for line in follow_up_lines(profile)]
    return [*found, head("When to see someone"), _Piece(knee.see_someone)]


def _signature(page: Page) -> None:
    """Where a professional signs: name, date, signature."""
    top = FOOT_OF_PAGE - _SIGN_HEIGHT + 4
    said = "Read and, where needed, changed by the professional named here."
    page.text(MARGIN, top, WIDTH, said, size=7, color=GREY)
    for n, label in enumerate((N_("Name"), N_("Date"), N_("Signature"))):
        column = columns_of(3)[n]
        page.rule(column.x, top + 12, column.width, INK, 0.3)
        page.text(column.x, top + 12.5, column.width, label, size=7, color=GREY)
