"""The full accuracy certificate, and the page that is made from it.

    python -m benchmarks.certificate [--n 2000] [--seed 7]

Runs `fitter certify` and writes its table into docs/ACCURACY.md. Takes half an hour on two cores.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fitter import __version__
from fitter.certify.certificate import Certificate, Kind, certificate
from fitter.certify.sweep import run_all
from fitter.certify.text import COLUMNS, LEGEND, MEANING, cells, trouble

PAGE = Path(__file__).resolve().parents[1] / "docs" / "ACCURACY.md"
START, END = "<!-- certificate -->\n", "<!-- end -->\n"


def table(found: Certificate) -> str:
    """The certificate as Markdown: all together, each family, each kind of damage."""
    lines = [
        f"What `fitter certify --n {found.everything.scans} --seed {found.seed}` printed. {MEANING}",
        "",
        LEGEND[0].upper() + LEGEND[1:],
        "",
    ]
    for kind in (found.everything, *found.families, *found.kinds):
        lines += _kind(kind)
    return "\n".join(lines) + "\n"


def _kind(kind: Kind) -> list[str]:
    rows = ["| " + " | ".join(cells(line)) + " |" for line in kind.lines]
    return [
        f"### {kind.name[0].upper()}{kind.name[1:]} ({kind.scans:,} scans)",
        "",
        f"{trouble(kind)}.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|---|---|" + "---:|" * (len(COLUMNS) - 2),
        *rows,
        "",
    ]


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--n", type=int, default=2000)
    options.add_argument("--seed", type=int, default=7)
    asked = options.parse_args()

    def tell(share: float) -> None:
        print(f"\r{share:4.0%}", end="", file=sys.stderr, flush=True)

    found = certificate(run_all(asked.n, asked.seed, tell=tell), version=__version__, seed=asked.seed)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + START + "\n" + table(found) + END + after, encoding="utf-8")
    print(f"\nwrote {PAGE}", file=sys.stderr)


if __name__ == "__main__":
    main()
