"""`chiso score`: counts to points."""

from __future__ import annotations

from pathlib import Path

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell


def command() -> click.Command:
    """The command with its options."""
    file = click.Path(path_type=Path)
    return click.Command(
        "score",
        callback=_score,
        help=_("Points, groups, totals, classes and ranks from counts and published results."),
        epilog=_(
            "Example: chiso score --counts data/samples/dak-lak-2026-10-10/counts.csv"
            " --set 766-portal-2026 --out data/scores"
        ),
        params=[
            click.Option(
                ["--counts"],
                type=file,
                required=True,
                help=_("CSV or Parquet: unit,indicator,numerator,denominator"),
            ),
            click.Option(
                ["--set", "set_name"],
                required=True,
                help=_("An indicator set of params/indicators/, or the path of a .yml file."),
            ),
            click.Option(["--official"], type=file, help=_("Published results: unit,item,value")),
            click.Option(
                ["--units", "units_name"],
                help=_("A tree of params/units/, or the path of a .yml file; none: one cohort."),
            ),
            click.Option(
                ["--out"],
                type=file,
                required=True,
                help=_("The folder for indicators.csv, groups.csv, totals.csv, differences.csv"),
            ),
        ],
    )


def _score(
    counts: Path, set_name: str, official: Path | None, units_name: str | None, out: Path
) -> None:
    from chiso.base.files import require_targets, write_files
    from chiso.rules.indicators import load_rules
    from chiso.rules.units import load_tree
    from chiso.scoring.score import score
    from chiso.scoring.score_files import published_texts
    from chiso.sources.given import read_given

    book = load_rules(set_name)
    tree = load_tree(units_name) if units_name else None
    counted, published = read_given(counts, official, tree, book)
    scores = score(counted, published, book, tree)
    texts = published_texts(scores, book)
    require_targets([out / name for name in texts], [counts, *([official] if official else [])])
    write_files(out, texts)
    tell(
        _("{units} units scored, {complete} with a total, {differences} differences: {out}").format(
            units=len(scores.totals),
            complete=sum(scores.totals["complete"]),
            differences=len(scores.differences),
            out=out,
        )
    )
