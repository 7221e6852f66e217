"""`fitter customers`: the people kept on this machine, and their visits."""

# ruff: noqa: PLC0415 - heavy rooms are entered only by the action that needs them: help answers at once

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitter.errors import FitterError

if TYPE_CHECKING:
    from fitter.records.people import Customer, Listed, VisitHead
    from fitter.records.store import Records

HELP = """\
Customers and visits are kept by the window in records.sqlite in your data folder, or in the folder that
FITTER_DATA or --data names. WHO is a part of a name (accents don't matter), a number, or the beginning of
an id, and must fit one customer.
"""
EXAMPLES = """\
examples:
  fitter customers list
  fitter customers list muller
  fitter customers show "anna b"
  fitter customers compare anna --days 2025-03-01 2026-02-11
  fitter customers export anna --out anna
  fitter customers delete anna --yes

"""
_DOING = ("list", "show", "compare", "delete", "export")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Done:
    """What an action has to say, for people and for programs."""

    text: str
    json: str


def add_options(p: argparse.ArgumentParser, json_target: Any, path: Any) -> None:
    """The options of all actions; which belong together is checked by `run`."""
    p.add_argument("do", choices=_DOING, metavar="ACTION", help=", ".join(_DOING))
    p.add_argument("who", nargs="?", default="", metavar="WHO", help="the customer; for list, words to find")
    p.add_argument("--data", type=path, metavar="DIR", help="the data folder (default: yours)")
    p.add_argument(
        "--days", nargs=2, type=_day, metavar="DAY", help="compare: the two visits (default: the last two)"
    )
    p.add_argument("--out", type=path, metavar="DIR", help="export: a new folder to write into")
    p.add_argument("--yes", action="store_true", help="delete: don't ask")
    p.add_argument(
        "--json", metavar="FILE|-", type=json_target, help="list, show, compare: write the result as JSON"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day, expected one such as 2026-02-11") from None


def run(args: argparse.Namespace) -> Done:
    """Do it. Raises FitterError where the customer isn't there, or isn't the only one of that name."""
    from fitter.records.store import FILE, Records
    from fitter.settings import kept_folder

    _fitting(args)
    path: Path = (args.data or kept_folder()) / FILE
    if not path.is_file():
        if args.do == "list":
            return _done([f"No customers are kept yet; they would be in {path}."], {"customers": []})
        raise FitterError("no customers are kept yet", where=str(path), code="no_customer")
    records = Records(path)
    if args.do == "list":
        return _list(records, args.who)
    customer = find_one(records, args.who)
    if args.do == "show":
        return _show(records, customer)
    if args.do == "compare":
        return _compare(records, customer, args.days)
    return (
        _delete(records, customer, args.yes) if args.do == "delete" else _export(records, customer, args.out)
    )


def _fitting(args: argparse.Namespace) -> None:
    """Refuse what does not belong together."""
    given = {
        "--days": args.days and "compare",
        "--out": args.out and "export",
        "--yes": args.yes and "delete",
    }
    for option, belongs in given.items():
        if belongs and args.do != belongs:
            raise FitterError(f"belongs to customers {belongs}", where=option, code="usage")
    if args.json is not None and args.do in ("delete", "export"):
        raise FitterError("belongs to list, show and compare", where="--json", code="usage")
    if args.do != "list" and not args.who.strip():
        raise FitterError("name the customer", todo="fitter customers list shows who is there", code="usage")
    if args.do == "export" and args.out is None:
        raise FitterError("name a folder to write into with --out", code="usage")


def find_one(records: Records, who: str) -> Customer:
    """The one customer that ``who`` means: an id or its beginning, a number, else a part of a name."""
    found = records.named(who) or [f.customer for f in records.find(who, most=_MOST)]
    if not found:
        found = records.with_id(who)
    if len(found) == 1:
        return found[0]
    if not found:
        raise FitterError(
            f"no customer fits '{who[:40]}'",
            todo="fitter customers list shows who is there",
            code="no_customer",
        )
    names = ", ".join(f"{c.name} ({c.id[:8]})" for c in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    raise FitterError(
        f"{len(found)} customers fit '{who[:40]}': {names}{more}",
        todo="Write more of the name, or the id in brackets",
        code="several_customers",
    )


def _list(records: Records, words: str) -> Done:
    found = records.find(words, most=_MOST)
    if not found:
        told = f"No customer fits '{words}'." if words.strip() else "No customers are kept yet."
        return _done([told], {"customers": []})
    width = max(len(f.customer.name) for f in found)
    lines = [_listed(f, width) for f in found]
    count = records.count(words)
    if count > len(found):
        lines.append(f"... and {count - len(found)} more: write a part of the name")
    return _done(lines, {"customers": [_listed_tree(f) for f in found]})


def _listed(found: Listed, width: int) -> str:
    c = found.customer
    last = f", the last on {found.last}" if found.last else ""
    visits = f"{found.visits} visit{'' if found.visits == 1 else 's'}"
    return f"{c.id[:8]}  {c.name:<{width}}  {c.number or '-':<10}  {c.birth_year or '-':<4}  {visits}{last}"


def _listed_tree(found: Listed) -> dict[str, Any]:
    last = found.last.isoformat() if found.last else None
    return {**_customer_tree(found.customer), "visits": found.visits, "last_visit": last}


def _customer_tree(c: Customer) -> dict[str, Any]:
    return {"id": c.id, "name": c.name, "number": c.number, "birth_year": c.birth_year, "note": c.note}


def _show(records: Records, customer: Customer) -> Done:
    from fitter.exchange import wording

    visits = records.visits(customer.id)
    born = f", born {customer.birth_year}" if customer.birth_year else ""
    number = f", number {customer.number}" if customer.number else ""
    lines = [f"{customer.name}{number}{born} ({customer.id[:8]})"]
    lines += [f"  {line}" for line in customer.note.splitlines()]
    trees = []
    for head in visits:
        profile = records.profile(head.id)
        feet = profile.feet if profile else ()
        classes = [f"{f.side} {wording.class_words(f.posture)}" for f in feet if f.posture is not None] or [
            "not measured" if profile is None else "measures only"
        ]
        lines.append(f"  {head.day}  {_taken(head)}: {', '.join(classes)}")
        trees.append({"id": head.id, "day": head.day.isoformat(), "scans": head.scans, "typed": head.typed})
    if not visits:
        lines.append("  No visit is kept.")
    return _done(lines, {**_customer_tree(customer), "visits": trees})


def _taken(head: VisitHead) -> str:
    parts = []
    if head.scans:
        parts.append(f"{head.scans} scan{'' if head.scans == 1 else 's'}")
    if head.typed:
        parts.append(f"{head.typed} measured by hand")
    return ", ".join(parts) or "nothing taken"


def _compare(records: Records, customer: Customer, days: Sequence[date] | None) -> Done:
    from fitter.records.compare import compare, lines

    heads = [h for h in records.visits(customer.id) if h.measured]
    if days is not None:
        chosen = [next((h for h in heads if h.day == day), None) for day in sorted(days)]
        if None in chosen or days[0] == days[1]:
            there = ", ".join(str(h.day) for h in heads)
            raise FitterError(
                f"{customer.name} was not measured on both days; visits are of {there or 'no day'}",
                where="--days",
                code="no_visit",
            )
        pair = [h for h in chosen if h is not None]
    else:
        pair = heads[1::-1]
    if len(pair) < 2:
        raise FitterError(f"{customer.name} has no two visits to compare", code="no_visit")
    before, after = (records.profile(head.id) for head in pair)
    assert before is not None
    assert after is not None
    found = compare(before, after)
    told = [f"{customer.name}: {pair[0].day} and {pair[1].day}"]
    for style, text in lines(found):
        told.append(f"{text}" if style == "head" else f"  {text}")
    feet = [
        {
            "side": foot.side,
            "load": foot.load,
            "class_before": foot.class_before,
            "class_after": foot.class_after,
            "measures": {
                c.measure: {
                    "before": round(c.before.value, 5),
                    "after": round(c.after.value, 5),
                    "difference": round(c.difference.value, 5),
                    "u95": round(c.difference.u95, 5),
                    "unit": c.difference.unit,
                    "beyond_error": c.beyond,
                }
                for c in foot.measures
            },
        }
        for foot in found.feet
    ]
    sizes = [{"system": name, "before": was, "after": now} for name, was, now in found.sizes]
    tree = {"days": [str(h.day) for h in pair], "feet": feet, "sizes": sizes, "alone": list(found.alone)}
    return _done(told, tree)


def _delete(records: Records, customer: Customer, sure: bool) -> Done:
    visits = records.visits(customer.id)
    scans = sum(h.scans for h in visits)
    what = f"{customer.name} with {len(visits)} visits and {scans} scans"
    if not sure:
        if not sys.stdin.isatty():
            raise FitterError(
                f"would delete {what} for good", where="customers delete", todo="Add --yes", code="usage"
            )
        print(f"Delete {what} for good? Type yes: ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() != "yes":
            return _done(["Nothing was deleted."], {})
    wiped = records.delete_customer(customer.id)
    lines = [f"Deleted {what}, and overwrote where it stood."]
    if not wiped:
        lines.append("Fitter's window is open and was reading: close it, so that its log is emptied too.")
    return _done(lines, {})


def _export(records: Records, customer: Customer, folder: Path) -> Done:
    from fitter.records.folder import export

    written = export(records, customer.id, folder)
    return _done([f"Wrote {len(written)} files of {customer.name} into {folder}."], {})


def _done(lines: list[str], tree: dict[str, Any]) -> Done:
    whole = {"schema_version": "1.0", **tree}
    return Done("\n".join(lines) + "\n", json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
