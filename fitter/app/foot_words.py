"""What the picture of a foot shows, in a line of text. No widget here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitter.app import words
from fitter.app.text import _, sentences
from fitter.exchange import wording
from fitter.scan.foot import Foot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitter.app.model import Model
    from fitter.picture.camera import View
    from fitter.picture.colours import Meaning
    from fitter.picture.scene import Look


def view_words(view: View) -> str:
    """From where one looks."""
    return {
        "oblique": _("seen from the inside and above"),
        "top": _("seen from above"),
        "medial": _("seen from the inner side"),
        "lateral": _("seen from the outer side"),
        "heel": _("seen from behind"),
        "sole": _("seen from below"),
    }[view]


def colours_words(meaning: Meaning) -> str:
    """What the colours tell."""
    return {
        "height": _("the colours tell the height above the floor"),
        "gap": _("the colours tell how far the skin is from the insole"),
        "seen": _("the colours tell how much of each region the scanner saw"),
        "change": _("the colours tell how far the skin lies outside of the other capture, heel on heel"),
        "thickness": _("the colours of the insole tell its thickness"),
    }[meaning]


def told(now: Model, look: Look, other: int | None, meanings: Sequence[Meaning]) -> str:
    """Which foot is shown, from where, with what, and what the colours mean."""
    if now.preview is not None or now.result is None:
        return ""
    feet = now.result.profile.feet
    names = words.foot_names(feet)
    whence = view_words(now.view) if now.camera is None else _("turned by hand")
    first = _("{foot}, {whence}").format(foot=names[now.foot], whence=whence)
    parts = [first]
    if other is not None and look.company != "one":
        beside = {
            "both": _("beside it the other foot: {other}"),
            "beside": _("beside it, in blue: {other}"),
            "change": _("compared with: {other}"),
        }[look.company]
        parts.append(beside.format(other=names[other]))
    if look.insole:
        parts.append(_("the foot is lifted off its insole"))
    parts += [colours_words(meaning) for meaning in meanings]
    shape = now.result.shapes[now.foot]
    if "seen" in meanings and isinstance(shape, Foot):
        parts.append(
            _("noise of the scan {noise} mm, closed holes {holes}").format(
                noise=wording.plain(shape.quality.noise_mm, "ratio"), holes=len(shape.rims)
            )
        )
    return sentences(*parts)
