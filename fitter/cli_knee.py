"""`fitter what-if`, `fitter follow-up` and `fitter go-on`: what is done with a profile after it was made."""

# ruff: noqa: PLC0415 - heavy rooms are entered only when there is something to do: help answers at once

from __future__ import annotations

import argparse
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from fitter.knee.knee import Translate
    from fitter.profile import FitProfile
    from fitter.support.rule_set import RuleSet
    from fitter.terms import Side
    from fitter.what_if import Difference, Nearest

WHAT_IF_HELP = """\
FILE is a profile.json that fitter fit --out wrote, or scans and measurement files as for fitter fit.
With --set or --measure: everything the profile would say otherwise. Without: how far the nearest change
is, of the class of each arch, of each support parameter, and of what is said about the knee.
"""
WHAT_IF_EXAMPLES = """\
examples:
  fitter what-if anna/profile.json
  fitter what-if anna/profile.json --set latest_run_km=9 --set side_leg_lift=easy
  fitter what-if anna/profile.json --measure right:arch_height_index=0.31

"""
FOLLOW_UP_HELP = """\
PROFILE is a profile.json. Pain is the worst of the last week, 0 none to 10 worst imaginable; comfort of
the support is 0 not at all to 10 as comfortable as can be. They are compared with the pain told at first
and the comfort of what was taken at trying on. Only what is larger than the smallest difference that
matters is called a change. With --json the profile is written with it; FILE may be PROFILE itself.
"""
GO_ON_HELP = """\
PROFILE is a profile.json with a stop in it. At home a stop can't be set aside. A professional can go on
in spite of it: name and reason stand in the profile and in every report, and --undo makes the stop hold
again. The support profile is made anew; settings made by hand are gone.
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command has to say, for people and for programs."""

    text: str
    json: str


def add_what_if_options(p: argparse.ArgumentParser) -> None:
    """The options of `fitter what-if`."""
    p.add_argument(
        "--set",
        action="append",
        default=[],
        type=_assignment,
        metavar="QUESTION=ANSWER",
        help="another answer (yes or no, a number, a word, or words with commas; nothing takes it back). May "
        "be given again; docs/ANSWERS.md lists the questions",
    )
    p.add_argument(
        "--measure",
        action="append",
        default=[],
        type=_measure,
        metavar="SIDE:MEASURE=NUMBER",
        help="another value of a measure, within its 95 %% interval. May be given again",
    )


def add_follow_up_options(p: argparse.ArgumentParser) -> None:
    """The options of `fitter follow-up`."""
    p.add_argument("file", metavar="PROFILE", type=Path, help="a fit profile in JSON")
    p.add_argument("--weeks", type=int, required=True, choices=(2, 6), help="after how many weeks")
    p.add_argument("--pain", type=float, metavar="0-10", help="worst pain in the last week")
    p.add_argument("--comfort", type=float, metavar="0-10", help="comfort of the support")


def add_go_on_options(p: argparse.ArgumentParser) -> None:
    """The options of `fitter go-on`."""
    p.add_argument("file", metavar="PROFILE", type=Path, help="a fit profile in JSON")
    p.add_argument("stop", metavar="STOP", help="the id of the stop, such as knee_locked")
    p.add_argument("--by", default="", metavar="NAME", help="who takes it upon themselves")
    p.add_argument("--reason", default="", metavar="TEXT", help="why")
    p.add_argument("--undo", action="store_true", help="let the stop hold again")
    p.add_argument(
        "--mode", choices=("home", "professional"), help="change the mode of the profile (default: as it is)"
    )
    p.add_argument("--rules", metavar="FILE", type=Path, help="the support rules (default: those in use)")


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"'{text}' is not QUESTION=ANSWER")
    return name.strip(), value.strip()


def _measure(text: str) -> tuple[str, str, float]:
    place, equals, number = text.partition("=")
    side, colon, measure = place.partition(":")
    try:
        value = float(number)
    except ValueError:
        equals = ""
    if not equals or not colon or side not in ("left", "right"):
        raise argparse.ArgumentTypeError(f"'{text}' is not SIDE:MEASURE=NUMBER, such as left:arch_height=22")
    return side, measure, value


# ---------------------------------------------------------------------------------------- what if


def what_if(args: argparse.Namespace, profile: FitProfile, rules: RuleSet, _: Translate = str) -> Done:
    """The differences of the changes asked for; without any, the nearest changes. ``_`` translates."""
    from fitter import what_if as room

    if not args.set and not args.measure:
        near = room.nearest(profile, rules, _)
        return _done(_nearest_lines(near, _), {"nearest": _tree(near)})
    answers = {name: _answer(name, text) for name, text in args.set}
    measures = {(cast("Side", side), measure): value for side, measure, value in args.measure}
    after, found = room.what_if(profile, answers=answers, measures=measures, rules=rules, translate=_)
    held = bool(after.red_flags and after.red_flags.blocking)
    return _done(_difference_lines(found, held, _), {"differences": [asdict(d) for d in found]})


def _answer(name: str, text: str) -> object:
    """An answer as it is typed, in the type of its question; the room of answers checks the rest."""
    from fitter.answers import BY_ID

    question = BY_ID.get(name)
    if not text or question is None:
        return text or None
    if question.kind == "yes_no":
        return {"yes": True, "true": True, "no": False, "false": False}.get(text.lower(), text)
    if question.kind == "choices":
        return [word.strip() for word in text.split(",")]
    number = re.fullmatch(r"-?\d+(?:[.,]\d+)?", text) if question.kind == "number" else None
    return float(text.replace(",", ".")) if number else text


def _difference_lines(found: tuple[Difference, ...], held: bool, _: Translate) -> Iterator[str]:
    """``held`` where a stop holds after the change."""
    if not found:
        yield _("Nothing would be said otherwise.")
    for d in (d for d in found if d.after):
        yield d.where[:1].upper() + d.where[1:]
        yield from _wrapped(d.before or _("not said"), f"{_('now:'):<6}")
        yield from _wrapped(d.after, f"{_('then:'):<6}")
    if found and held:
        yield _("Nothing else is said or recommended while this stop holds.")
        return
    gone = "; ".join(d.where for d in found if not d.after)
    yield from _wrapped(_("No longer said: {what}.").format(what=gone) if gone else "", "", 0)


def _nearest_lines(near: Nearest, _: Translate) -> Iterator[str]:
    from fitter.exchange.wording import LOAD_WORDS, SIDE_WORDS

    yield _("NEAREST CHANGE OF AN ARCH'S CLASS")
    if not near.classes:
        yield "  " + _("No arch was read, or none lies near another name.")
    for c in near.classes:
        told = _("{side}, {load}").format(side=_(SIDE_WORDS[c.side]), load=_(LOAD_WORDS[c.load]))
        yield from _wrapped(c.text, f"{told}: ", 2)
    yield ""
    yield _("NEAREST CHANGE OF THE SUPPORT PROFILE")
    if not near.rows:
        yield "  " + _("No support profile, or it was made by other rules.")
    for r in near.rows:
        name = r.parameter[:1].lower() + r.parameter[1:]
        yield from _wrapped(r.text, f"{_(SIDE_WORDS[r.side])}, {name}: ", 2)
    yield ""
    yield _("NEAREST CHANGE OF WHAT IS SAID ABOUT THE KNEE")
    for a in sorted(near.answers, key=lambda a: a.far):
        yield from _wrapped(a.text, "", 2)


def _tree(near: Nearest) -> dict[str, Any]:
    return {
        "classes": [
            {
                "side": c.side,
                "load": c.load,
                "measure": c.measure,
                "value": round(c.now.value, 5),
                "at": round(c.at, 5),
                "becomes": c.becomes,
                "errors": round(c.errors, 3),
                "within": c.within,
            }
            for c in near.classes
        ],
        "rows": [asdict(r) for r in near.rows],
        "answers": [asdict(a) for a in near.answers],
    }


# ---------------------------------------------------------------------------------------- later


def follow_up(args: argparse.Namespace, profile: FitProfile) -> Done:
    """The profile with one follow-up more, and what of it is a change."""
    from fitter.exchange.json_profile import to_json
    from fitter.exchange.wording import follow_up_lines
    from fitter.knee.follow_up import follow_up as told
    from fitter.knee.follow_up import with_follow_up

    new = with_follow_up(profile.follow_up, told(args.weeks, args.pain, args.comfort))
    after = replace(profile, follow_up=new)
    lines = [line for text in follow_up_lines(after) for line in _wrapped(text, "", 0)]
    return Done("\n".join(lines) + "\n", to_json(after))


def go_on(args: argparse.Namespace, profile: FitProfile) -> Done:
    """The profile with a stop set aside by a professional, or holding again."""
    from fitter import own_rules
    from fitter.errors import FitterError
    from fitter.exchange.json_profile import to_json
    from fitter.exchange.wording import flag_words
    from fitter.journey import told_again
    from fitter.knee.red_flags import held_again, went_on
    from fitter.what_if import answers_of

    flags, mode = profile.red_flags, args.mode or profile.mode
    if flags is None:
        raise FitterError(
            "holds no answers about stops",
            where=str(args.file),
            todo="Make it with fitter fit --answers FILE",
        )
    if args.undo:
        aside = held_again(flags, args.stop)
    else:
        aside = went_on(flags, args.stop, args.by, args.reason, mode=mode)
    after = told_again(
        profile, answers=answers_of(profile), mode=mode, went_on=aside, rules=own_rules.find(args.rules)
    )
    lines = [
        line for f in (after.red_flags.stop if after.red_flags else ()) for line in _wrapped(flag_words(f))
    ]
    held = bool(after.red_flags and after.red_flags.blocking)
    lines.append("Nothing is recommended: a stop holds." if held else "The profile recommends again.")
    return Done("\n".join(lines) + "\n", to_json(after))


def _wrapped(text: str, label: str = "", indent: int = 4) -> list[str]:
    first = " " * indent + label
    rest = " " * (indent + (len(label) if len(label) < 8 else 4))
    return textwrap.wrap(text, 100, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _done(lines: Iterator[str], tree: dict[str, Any]) -> Done:
    tree = {"schema_version": "1.0", **tree}
    return Done("\n".join(lines) + "\n", json.dumps(tree, indent=2, ensure_ascii=False) + "\n")
