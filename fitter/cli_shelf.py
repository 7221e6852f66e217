"""`fitter shelf`: the shop's catalogue, what of it suits a profile, and what trying on decided."""

# ruff: noqa: PLC0415 - heavy rooms are entered only by the action that needs them: help answers at once

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitter.cli_outputs import add_language
from fitter.errors import FitterError
from fitter.language import language, speaking
from fitter.terms import SIDES

if TYPE_CHECKING:
    from fitter.profile import FitProfile
    from fitter.support.catalogue import Catalogue, Item
    from fitter.support.rule_set import RuleSet
    from fitter.support.shelf import Offer, Shelf

HELP = """\
A catalogue is a table of the insoles in stock, one row a size: CSV, an Excel sheet (.xlsx) or an SQLite
table. Its columns are told in docs/CATALOGUE.md. Bad rows are listed with line and column, the good ones
are kept in shelf.csv in your data folder, or in the folder FITTER_DATA names. Until one is imported the
example catalogue is used, and it is said so.

What tried, set and restore change in a profile is changed in the table and the report beside it as well; what
can't be made anew (an insole, which needs the scan) is told.
"""
EXAMPLES = """\
examples:
  fitter shelf check stock.csv
  fitter shelf import stock.xlsx
  fitter shelf match anna/profile.json
  fitter shelf find 2000000000022
  fitter shelf label EX-ARM-260 --out label.pdf
  fitter shelf tried anna/profile.json EX-ARL-260=6 EX-ARM-260=8.5 --took EX-ARM-260 --by KM
  fitter shelf set anna/profile.json arch_support_height=16 --side left --reason "pressed" --by KM
  fitter shelf restore anna/profile.json arch_support_height --side left

"""
_MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Done:
    """What an action has to say, for people and for programs; the files it writes; whether rows were bad."""

    text: str
    json: str = ""
    files: Mapping[Path, bytes] = field(default_factory=dict)
    some_bad: bool = False


def add_options(p: argparse.ArgumentParser) -> None:
    """The options of each thing `fitter shelf` does."""
    actions = p.add_subparsers(title="actions", metavar="ACTION", required=True, dest="action")

    def action(name: str, what: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, allow_abbrev=False, help=what, description=f"{what}.")

    for name, what in (
        ("check", "Say what is wrong with a catalogue, and keep nothing"),
        ("import", "Check a catalogue and keep its good rows"),
    ):
        action(name, what).add_argument("file", metavar="FILE", type=Path, help="CSV, .xlsx or SQLite")
    a = action("match", "What of the shelf suits the feet of a profile, the nearest first")
    _profile(a)
    _catalogue(a)
    a.add_argument("--most", metavar="N", type=int, default=3, help="how many models to show (default: 3)")
    a.add_argument("--in-stock", action="store_true", help="leave out what is sold out")
    a.add_argument("--json", metavar="FILE|-", help="write the result as JSON instead")
    a = action("find", "Which article a sku or a scanned barcode is")
    a.add_argument("code", metavar="CODE")
    _catalogue(a)
    a = action("label", "Print a label with a code for the scanner")
    a.add_argument("code", metavar="SKU", help="a sku or barcode")
    a.add_argument("--out", dest="pdf", metavar="FILE.pdf", type=Path, required=True)
    add_language(a)
    _catalogue(a)
    a = action("tried", "Record what was tried on in the profile")
    _profile(a)
    a.add_argument(
        "tried",
        metavar="SKU=COMFORT",
        nargs="+",
        help="comfort from 0 (not at all) to 10 (as comfortable as can be); of two sizes LEFT+RIGHT=COMFORT",
    )
    a.add_argument("--took", metavar="SKU", default="", help="what was taken (default: nothing)")
    a.add_argument("--reason", metavar="TEXT", default="", help="why, where it was not the most comfortable")
    a.add_argument("--by", metavar="NAME", default="", help="who fitted it")
    _catalogue(a)
    a = action("set", "Set a parameter of the support profile by hand")
    _profile(a)
    a.add_argument("setting", metavar="PARAMETER=VALUE", help="such as arch_support_height=16")
    a.add_argument("--side", choices=SIDES, required=True)
    a.add_argument("--reason", metavar="TEXT", required=True)
    a.add_argument("--by", metavar="NAME", required=True)
    _rules(a)
    a = action("restore", "Take back what was set by hand")
    _profile(a)
    a.add_argument("parameter", metavar="PARAMETER")
    a.add_argument("--side", choices=SIDES, required=True)
    _rules(a)


def _profile(p: argparse.ArgumentParser) -> None:
    p.add_argument("profile", metavar="PROFILE.json", type=Path, help="what fitter fit --json or --out wrote")


def _rules(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--rules", metavar="FILE", type=Path, help="the rules the profile was made by (default: those in use)"
    )


def _catalogue(p: argparse.ArgumentParser) -> None:
    p.add_argument("--catalogue", metavar="FILE", type=Path, help="use this catalogue, not the imported one")


def run(args: argparse.Namespace) -> Done:
    """Do one action; raises OSError where files fail."""
    return _ACTIONS[args.action](args)


# ---------------------------------------------------------------------------------------- the catalogue


def _check(args: argparse.Namespace) -> Done:
    catalogue = _read(args.file)
    return Done("\n".join(_told(catalogue)) + "\n", some_bad=bool(catalogue.problems))


def _import(args: argparse.Namespace) -> Done:
    from fitter import shop

    catalogue = _read(args.file)
    lines = _told(catalogue)
    if not catalogue.items:
        return Done("\n".join([*lines, "Nothing was kept."]) + "\n", some_bad=True)
    target = shop.keep(catalogue)
    return Done("\n".join([*lines, f"Kept in {target}."]) + "\n", some_bad=bool(catalogue.problems))


def _told(catalogue: Catalogue) -> list[str]:
    models = len({item.name for item in catalogue.items})
    good, bad = len(catalogue.items), len({p.line for p in catalogue.problems})
    lines = [f"{catalogue.file}, {problem}" for problem in catalogue.problems[:_MOST_PROBLEMS]]
    if more := len(catalogue.problems) - len(lines):
        lines.append(f"... and {more} more.")
    lines += catalogue.notes
    return [*lines, f"{good} good rows ({models} models), {bad} bad."]


def _read(path: Path) -> Catalogue:
    from fitter.support.catalogue import read_catalogue

    return read_catalogue(str(path), path.read_bytes())


def _items(args: argparse.Namespace) -> tuple[Sequence[Item], list[str]]:
    """The catalogue to use, and what is to be said of it."""
    from fitter import shop

    if args.catalogue is not None:
        catalogue = _read(args.catalogue)
        bad = len({p.line for p in catalogue.problems})
        return catalogue.items, [f"{bad} bad rows were left out (fitter shelf check)."] if bad else []
    kept = shop.kept()
    if kept is not None:
        return kept.items, []
    return shop.example().items, ["No catalogue was imported: this is the example, and none of it exists."]


def _find(args: argparse.Namespace) -> Done:
    from fitter import shop

    items, notes = _items(args)
    return Done("\n".join([_item_line(shop.found(items, args.code)), *notes]) + "\n")


def _item_line(item: Item) -> str:
    from fitter.exchange.wording import foot_range, price_words

    stock = {None: "", 0: "sold out", 1: "1 pair left"}.get(item.stock, f"{item.stock} pairs")
    parts = (item.sku, item.name, foot_range(item).lower(), item.firmness, price_words(item), stock)
    return " · ".join(part for part in parts if part)


def _label(args: argparse.Namespace) -> Done:
    from fitter import shop
    from fitter.exchange.folder import refuse_foreign
    from fitter.exchange.label import to_label

    items, notes = _items(args)
    item = shop.found(items, args.code)
    refuse_foreign([args.pdf])
    if not args.pdf.parent.is_dir():
        raise FitterError("there is no such folder", where=str(args.pdf.parent), code="usage")
    with speaking(language(args.language)):
        made = to_label(item)
    return Done("".join(f"{note}\n" for note in notes), files={args.pdf: made})


# ---------------------------------------------------------------------------------------- the match


def _match(args: argparse.Namespace) -> Done:
    from fitter import shop

    items, notes = _items(args)
    shelf = shop.match(_loaded(args.profile), items, keep_sold_out=not args.in_stock)
    most = max(1, args.most)
    lines = [shelf.statement, *notes, *shelf.notes]
    for rank, offer in enumerate(shelf.offers[:most], 1):
        lines += ["", *_offer_lines(rank, offer)]
    return Done("\n".join(lines) + "\n", _match_json(shelf, most, notes))


def _offer_lines(rank: int, offer: Offer) -> list[str]:
    from fitter.support.shelf import Verdict, told

    verdict = "suits" if offer.suits else "does not suit"
    sold_out = ", sold out" if offer.sold_out else ""
    lines = [f"{rank}. {offer.name}: {verdict}{sold_out} (distance {offer.distance:.2f})"]
    items = {c.item.sku: c.item for c in offer.candidates}
    lines += [f"   {_item_line(item)}" for item in items.values()]
    named: tuple[tuple[Verdict, str], ...] = (
        ("misses", "Misses"),
        ("near", "Nearly"),
        ("not_stated", "Not told"),
        ("fits", "Fits"),
    )
    for kind, word in named:
        if found := told(offer, kind):
            words = "; ".join(found).replace(" fits", "")
            words = words.replace(" not stated", "") if kind == "not_stated" else words
            lines.append(f"   {word}: {words}")
    return lines


def _match_json(shelf: Shelf, most: int, notes: Sequence[str]) -> str:
    from dataclasses import asdict

    tree = {
        "schema_version": "1.0",
        "rules": shelf.version,
        "statement": shelf.statement,
        "notes": [*notes, *shelf.notes],
        "sides": list(shelf.sides),
        "offers": [
            {
                "name": offer.name,
                "skus": list(offer.skus),
                "suits": offer.suits,
                "sold_out": offer.sold_out,
                "distance": round(offer.distance, 4),
                "feet": [
                    {"side": side, "sku": c.item.sku, "distance": round(c.distance, 4),
                     "parameters": [_rounded(asdict(j)) for j in c.judged]}
                    for side, c in zip(shelf.sides, offer.candidates, strict=True)
                ],
            }
            for offer in shelf.offers[:most]
        ],
        "apart": [c.item.sku for c in shelf.apart],
    }  # fmt: skip
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


def _rounded(tree: dict[str, Any]) -> dict[str, Any]:
    return {k: round(v, 4) + 0.0 if isinstance(v, float) else v for k, v in tree.items()}


# ---------------------------------------------------------------------------------------- what was decided


def _loaded(path: Path) -> FitProfile:
    from fitter.exchange.json_profile import from_json

    return from_json(path.read_bytes(), str(path))


def _saved(path: Path, profile: FitProfile, lines: Sequence[str], sides: Sequence[str] = ()) -> Done:
    """The profile as it is now, what stands beside it and goes along, and what can't."""
    from fitter.exchange.folder import in_step
    from fitter.exchange.json_profile import to_json

    beside, told = in_step(path, profile, insoles=sides)
    files = {path: to_json(profile).encode(), **beside}
    return Done("\n".join([*lines, *told]) + "\n", files=files)


def _tried(args: argparse.Namespace) -> Done:
    from fitter import shop
    from fitter.exchange.wording import try_on_lines
    from fitter.support.trying import Tried, try_on

    items, notes = _items(args)
    profile = _loaded(args.profile)

    def skus(text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(shop.found(items, code).sku for code in text.split("+")))

    tried = []
    for text in args.tried:
        codes, _, comfort = text.rpartition("=")
        try:
            value = float(comfort.replace(",", "."))
        except ValueError:
            codes = ""
        if not codes:
            raise FitterError(f"'{text[:40]}' is not SKU=COMFORT, such as EX-ARM-260=8.5", code="usage")
        tried.append(Tried(skus(codes), shop.found(items, codes.split("+")[0]).name, value))
    shelf = shop.match(profile, items, keep_sold_out=False)
    if shelf.withheld is not None:
        raise FitterError(
            shelf.statement.rstrip("."), todo="Have someone look at the foot first", code="support_withheld"
        )
    suggested = shelf.offers[0].skus if shelf.offers and shelf.offers[0].suits else ()
    took = skus(args.took) if args.took else ()
    record = try_on(tried, took, suggested=suggested, reason=args.reason, by=args.by)
    return _saved(args.profile, replace(profile, try_on=record), [*try_on_lines(record), *notes])


def _set(args: argparse.Namespace) -> Done:
    from fitter.by_hand import set_by_hand

    parameter_id, _, text = args.setting.partition("=")
    value: float | str
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = text.strip()
    if not text.strip():
        raise FitterError(f"'{args.setting[:40]}' is not PARAMETER=VALUE", code="usage")
    name = parameter_id.strip()
    return _changed(
        args, lambda p, rules: set_by_hand(p, args.side, name, value, args.reason, args.by, rules)
    )


def _restore(args: argparse.Namespace) -> Done:
    from fitter.by_hand import taken_back

    return _changed(args, lambda p, rules: taken_back(p, args.side, args.parameter, rules))


def _changed(args: argparse.Namespace, change: Callable[[FitProfile, RuleSet], FitProfile]) -> Done:
    """The profile with the support of every capture of that side changed, and each change told."""
    from fitter import own_rules
    from fitter.exchange.wording import override_words, parameter_words

    profile = _loaded(args.profile)
    stamp = next((f.support.rule_set for f in profile.feet if f.support is not None), "")
    changed = change(profile, own_rules.behind(stamp, args.rules))
    lines = []
    for was, now in zip(profile.feet, changed.feet, strict=True):
        before = {p.id: p for p in was.support.parameters} if was.support else {}
        for p in now.support.parameters if now.support else ():
            if p != before[p.id]:
                told = override_words(p) or "as its rule gave it"
                lines.append(f"{now.side} foot, {p.name}: {parameter_words(p)} ({told})")
    return _saved(args.profile, changed, list(dict.fromkeys(lines)), [args.side])


_ACTIONS = {
    "check": _check,
    "import": _import,
    "match": _match,
    "find": _find,
    "label": _label,
    "tried": _tried,
    "set": _set,
    "restore": _restore,
}
