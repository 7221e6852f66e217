"""What the window shows, as frozen data: what was given, what was typed, and what came of it. Only `AppState`
puts another in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fitter.app.watch import Arrived
from fitter.measurements import Load, Side
from fitter.picture.camera import Camera, View

if TYPE_CHECKING:
    from fitter.answers import Answers
    from fitter.captures import Capture
    from fitter.entry import EnteredFoot
    from fitter.picture.scene import Company, Paint
    from fitter.profile import FitResult, FootFit
    from fitter.records.people import Customer, SetByHand
    from fitter.scan.foot import Glimpse
    from fitter.support.trying import TryOn

FIRST_PAGE = "start"  # of the way through the protocol


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a result is made from: what was taken of the feet, what was answered, and what a person
    decided."""

    captures: tuple[Capture, ...] = ()
    entered: tuple[EnteredFoot, ...] = ()
    answers: Answers | None = None
    set_by_hand: tuple[SetByHand, ...] = ()
    try_on: TryOn | None = None

    @property
    def empty(self) -> bool:
        return not self.captures and not self.entered


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a wet footprint being read: where its file is, the length in it that is known (as written),
    and the places picked so far, in pixels of the upright picture (see `fitter.home.PHOTO_PLACES`)."""

    path: str = ""
    length: str = ""
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """The forms for typed measures as they stand, letter by letter: ``texts`` of side -> row -> its repeats.

    The rest belongs to the way through the protocol: the ``page`` that is open (empty while it is not), whose
    ``feet`` are measured, whether there is nobody to help, the doubts ``accepted`` as right (see
    `fitter.app.wizard`), and the photo of each side's print.
    """

    side: Side = "right"
    load: Load = "standing"
    unit: str = "mm"
    no_wall: bool = False
    texts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    page: str = ""
    feet: str = "both"
    alone: bool = True
    accepted: tuple[str, ...] = ()
    photos: Mapping[str, Photo] = field(default_factory=dict)

    def row(self, side: str, row: str) -> tuple[str, ...]:
        """The texts of one row of the form, a reading each."""
        return self.texts.get(side, {}).get(row, ())

    @property
    def empty(self) -> bool:
        """Whether nobody would miss it: nothing typed, no photo, no page beyond the first."""
        typed = any(text.strip() for rows in self.texts.values() for row in rows.values() for text in row)
        return not typed and not self.photos and self.page in ("", FIRST_PAGE)

    @staticmethod
    def kept(tree: Mapping[str, Any]) -> Typed:
        """What was kept as plain lists and mappings."""
        texts = {s: {row: tuple(r) for row, r in rows.items()} for s, rows in tree["texts"].items()}
        photos = {
            side: Photo(p["path"], p["length"], tuple((float(x), float(y)) for x, y in p["points"]))
            for side, p in tree.get("photos", {}).items()
        }
        accepted = tuple(tree.get("accepted", ()))
        return Typed(**{**tree, "texts": texts, "photos": photos, "accepted": accepted})


@dataclass(frozen=True, slots=True)
class Trying:
    """The list of what is being tried on, as it is written: skus, name and comfort of each, what was taken
    (the skus, or a word for nothing), the reason; and the scans (file, SHA-256) it was written for."""

    feet: tuple[tuple[str, str], ...]
    lines: tuple[tuple[tuple[str, ...], str, str], ...] = ()
    taken: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One plain message: what happened, what to do, what was kept.

    ``change`` names the other way of what was assumed, if there is one, and ``instead`` are the inputs that
    lead there. ``details`` say more to whoever mends the program.
    """

    kind: Literal["error", "done"]
    text: str
    change: str = ""
    instead: Inputs | None = None
    details: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Insoles:
    """Insoles made from some ``feet`` of a result, and not yet saved: what the gate said of them, and their
    files by name; none where it refused one."""

    result: FitResult
    feet: tuple[int, ...]
    lines: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """What the window shows. ``share`` is the share done (0..1) while ``busy``; ``preview`` the foot that is
    being measured, as soon as it is found in its file; ``camera`` is None where the preset ``view`` is looked
    at; ``measure`` is the id picked in the table, or empty. ``paint`` is what the colours of the skin tell,
    ``company`` what is shown beside the foot, ``insole`` whether it is shown on its insole.

    ``insoles`` were made last, perhaps from a result that has changed since.

    ``arrived`` are scans that came into the watched folder and were not opened yet; ``missed`` is the watched
    folder while it can't be reached.

    ``visit_revision`` is how often that visit had been kept when it was read or kept here. ``trying`` is what
    is being tried on and not kept yet. ``shelf`` counts the stock lists that were imported.

    ``wanted`` are the inputs being fitted, where they are not those of the result; ``opening`` the files
    being read (``adding``: to what is open). ``typed`` and ``asked`` are the forms as they stand. ``undo``
    and ``redo`` name what Ctrl+Z and Ctrl+Y would do. ``customer`` and ``visit`` (its id) say whose feet
    these are.
    """

    inputs: Inputs = field(default_factory=Inputs)
    result: FitResult | None = None
    busy: bool = False
    share: float = 0.0
    doing: str = ""
    preview: Glimpse | None = None
    notice: Notice | None = None
    foot: int = 0
    view: View = "oblique"
    camera: Camera | None = None
    landmarks: bool = True
    lines: bool = True
    measure: str = ""
    paint: Paint = ""
    company: Company = "one"
    insole: bool = False
    wanted: Inputs | None = None
    opening: tuple[str, ...] = ()
    adding: bool = False
    typed: Typed = field(default_factory=Typed)
    asked: Mapping[str, object] = field(default_factory=dict)
    undo: str = ""
    redo: str = ""
    customer: Customer | None = None
    visit: str = ""
    visit_revision: int = 0
    shelf: int = 0
    trying: Trying | None = None
    insoles: Insoles | None = None
    arrived: tuple[Arrived, ...] = ()
    missed: str = ""

    @property
    def fit(self) -> FootFit | None:
        """The foot looked at."""
        return self.result.profile.feet[self.foot] if self.result else None

    @property
    def told(self) -> FootFit | None:
        """The foot whose numbers may stand beside the picture: none while it shows one being measured."""
        return None if self.preview else self.fit
