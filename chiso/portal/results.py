"""From a capture to figures: counts, official points, flags and times of every agency; all provinces."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.contract.counts import COUNT_COLUMNS, OFFICIAL_COLUMNS
from chiso.portal.answers import METRICS, NATIONAL, Metric
from chiso.portal.captures import OLD_TABLES, Capture
from chiso.portal.contents import Contents, contents_of
from chiso.portal.old_tables import PROVINCE_KIND, read_old_tables
from chiso.rules.indicators import NUMBERS
from chiso.rules.portal_rules import portal_rules
from chiso.rules.units import Tree
from chiso.sources.agencies import Agencies

FLAG_COLUMNS = ["unit", "indicator", "flag"]
DAY_COLUMNS = ["unit", "days"]
PROVINCE_COLUMNS = ["province", "name", "item", "value"]
# A count above its denominator can't be a share; the portal's points are kept, the counts are not.
MORE_THAN_ALL = "NUMERATOR_ABOVE_DENOMINATOR"
_GROUP_OF = {
    "transparency": "I",
    "dvc-progress-tree": "II",
    "provide-online-tree": "III.a",
    "formality-online-payment-tree": "III.b",
    "dossier-digitized": "IV",
    "handling-satisfaction": "V",
}
_SHOWN = 20
Pair = tuple[int | None, int | None]


class Results:
    """The figures of a capture; with `tree` for its units, by their codes in it, else by the
    portal's codes.

    Raises InputError where an answer was altered or has departments that the tree does not know:
    all of them are named and nothing is read.
    """

    def __init__(self, capture: Capture, tree: Tree | None = None) -> None:
        self.capture = capture
        self.is_of_2025 = capture.answers[0].group == OLD_TABLES
        self._old = _old_rows(capture) if self.is_of_2025 else pd.DataFrame()
        self._contents = Contents({}) if self.is_of_2025 else contents_of(capture)
        self._units = self._mapped(tree)

    @property
    def counts(self) -> pd.DataFrame:
        """unit, indicator (int), numerator, denominator (int or None): a row for each of the 21 of
        every unit; none of a capture of 2025, which has no counts."""
        rows = [
            (unit, number, *self._sound(pairs.get(number, (None, None))))
            for unit, pairs in self._pairs()
            for number in NUMBERS
        ]
        return pd.DataFrame(rows, columns=COUNT_COLUMNS, dtype=object)

    @property
    def official(self) -> pd.DataFrame:
        """unit, item (1 to 21, I ... V, total), value (text, points as plain decimals); no row for
        what the portal does not show."""
        rows = [*self._old_official(), *self._official()]
        return pd.DataFrame(
            [(unit, item, f"{value:.2f}") for unit, item, value in rows],
            columns=OFFICIAL_COLUMNS,
            dtype=object,
        )

    @property
    def flags(self) -> pd.DataFrame:
        """unit, indicator (int), flag: the portal's own words about a figure, and MORE_THAN_ALL."""
        rows = [
            (unit, METRICS[group][metric.code], flag)
            for group, unit, metric in self._metrics()
            for flag in metric.flags
        ]
        rows += [
            (unit, number, MORE_THAN_ALL)
            for unit, pairs in self._pairs()
            for number, pair in pairs.items()
            if self._sound(pair) != pair
        ]
        return pd.DataFrame(rows, columns=FLAG_COLUMNS, dtype=object)

    @property
    def processing_days(self) -> pd.DataFrame:
        """unit, days (Decimal): how long dossiers took on average, as the portal says."""
        group = "dvc-progress-tree"
        rows = [
            (unit, one.avg_processing_days)
            for unit, one in self._of(group)
            if one.avg_processing_days is not None
        ]
        return pd.DataFrame(rows, columns=DAY_COLUMNS, dtype=object)

    def _mapped(self, tree: Tree | None) -> dict[str, str]:
        """The portal's code -> the unit's; departments that are left out are not in it."""
        names = self._names()
        if tree is None:
            return {code: code for code in names}
        given, agencies = portal_rules().units, Agencies(tree)
        found = {
            code: given.get(code, agencies.of_code(code) or agencies.only(name))
            for code, name in names.items()
        }
        _require_known(self.capture, tree, names, found)
        return {code: unit for code, unit in found.items() if unit}

    def _names(self) -> dict[str, str]:
        """Every department of the capture, the province among them, by the portal's code."""
        province = self.capture.province
        if self.is_of_2025:
            own = (self._old["unit"] + ".").str.startswith(f"{province}.")
            return dict(self._old[own][["unit", "name"]].itertuples(index=False, name=None))
        names = {province: self._contents.root("transparency").department_name}
        for group in _GROUP_OF:
            for one in self._contents.departments(group):
                names.setdefault(one.department_code, one.department_name)
        return names

    def _of(self, group: str) -> Iterator[tuple[str, Any]]:
        """The units of a group, the province first."""
        if self.is_of_2025:
            return
        listed = [(self.capture.province, self._contents.root(group))]
        listed += [(one.department_code, one) for one in self._contents.departments(group)]
        yield from ((self._units[code], one) for code, one in listed if code in self._units)

    def _metrics(self) -> Iterator[tuple[str, str, Metric]]:
        """Every figure that has a metric's code: group, unit, metric."""
        for group, known in METRICS.items():
            for unit, one in self._of(group):
                yield from ((group, unit, m) for m in one.metrics if m.code in known)

    def _pairs(self) -> Iterator[tuple[str, dict[int, Pair]]]:
        """Every unit's counts as the portal has them."""
        pairs: dict[str, dict[int, Pair]] = {}
        for group, unit, metric in self._metrics():
            number = METRICS[group][metric.code]
            pairs.setdefault(unit, {})[number] = (metric.numerator, metric.denominator)
        for unit, one in self._of("dvc-progress-tree"):
            pairs.setdefault(unit, {})[5] = (one.total_on_time, one.total_received)
        for unit, one in self._of("formality-online-payment-tree"):
            fee = one.total_fee_formality
            pairs.setdefault(unit, {}).update(
                {
                    9: (one.total_dossier_online_formality_payment_success, fee),
                    10: (one.total_fee_dossier_formality, fee),
                    11: (
                        one.total_dossier_online_payment_success,
                        one.total_dossier_financial_obligation,
                    ),
                }
            )
        if not self.is_of_2025:
            # Below the province the portal shows the points of this group alone.
            root = self._contents.root("provide-online-tree")
            parts = (root.partial_count, root.full_count)
            offered = None if None in parts else sum(part for part in parts if part)
            pairs.setdefault(self._units[self.capture.province], {}).update(
                {
                    6: (offered, root.authority_count),
                    7: (root.online_dossier_count, root.online_service_total),
                    8: (root.channel_online_sum, root.channel_total_sum),
                }
            )
        yield from pairs.items()

    @staticmethod
    def _sound(pair: Pair) -> Pair:
        """A pair of counts that can be a share, else no data."""
        above, below = pair
        if above is None or below is None or above > below:
            return (None, None)
        return pair

    def _official(self) -> Iterator[tuple[str, str, Decimal]]:
        for group, unit, metric in self._metrics():
            if metric.score is not None:
                yield unit, str(METRICS[group][metric.code]), metric.score
        province = self._units.get(self.capture.province)
        shown: dict[str, Decimal] = next(
            (
                one.points
                for one in self._contents.provinces
                if one.department_code == self.capture.province
            ),
            {},
        )
        for group, item in _GROUP_OF.items():
            for unit, one in self._of(group):
                # All provinces are shown in one place; a group's own page can be of another minute.
                points = shown.get(item, one.total) if unit == province else one.total
                if points is not None:
                    yield unit, item, points
                if group == "dvc-progress-tree" and one.total is not None:
                    yield unit, "5", one.total
        if province and "total" in shown:
            yield province, "total", shown["total"]

    def _old_official(self) -> Iterator[tuple[str, str, Decimal]]:
        if self.is_of_2025:
            for row in self._old.itertuples(index=False):
                if row.unit in self._units:
                    yield self._units[row.unit], row.item, row.value


def provinces_of(capture: Capture) -> pd.DataFrame:
    """province (code), name, item (I ... V, total), value (Decimal) of all provinces in a capture.

    Of its answers only the one that lists them is read.
    """
    if capture.answers[0].group == OLD_TABLES:
        rows = _old_rows(capture)
        rows = rows[rows["kind"] == PROVINCE_KIND].rename(columns={"unit": "province"})
        return rows[PROVINCE_COLUMNS].reset_index(drop=True)
    listed = [
        (one.department_code, one.department_name, item, value)
        for one in contents_of(capture, (NATIONAL,)).provinces
        for item, value in one.points.items()
    ]
    return pd.DataFrame(listed, columns=PROVINCE_COLUMNS)


def _old_rows(capture: Capture) -> pd.DataFrame:
    """The rows of the capture in its table of 2025."""
    kept = capture.answers[0]
    capture.raw(kept)  # it is as it was kept
    rows = read_old_tables(capture.folder / kept.file)
    its = (rows["capture"] == kept.request["capture"]) & (rows["period"] == capture.period)
    return rows[its].reset_index(drop=True)


def _require_known(
    capture: Capture, tree: Tree, names: dict[str, str], found: dict[str, str | None]
) -> None:
    """InputError that lists the departments without a unit, and those that share one."""
    unknown = [f"{code} {names[code]}" for code, unit in found.items() if unit is None]
    wrong = [f"{code}: {unit}" for code, unit in found.items() if unit and unit not in tree.by_code]
    held = [unit for unit in found.values() if unit]
    twice = [
        f"{code} {names[code]}" for code, unit in found.items() if unit and held.count(unit) > 1
    ]
    for texts, message in (
        (unknown, _("The portal's capture has agencies that “{tree}” does not know: {list}.")),
        (wrong, _("params/portal.yml names units that “{tree}” does not have: {list}.")),
        (twice, _("Several agencies of the portal would be one unit of “{tree}”: {list}.")),
    ):
        if texts:
            raise InputError(
                message.format(tree=tree.name, list="; ".join(texts[:_SHOWN]))
                + (" …" if len(texts) > _SHOWN else ""),
                file=capture.folder,
                hint=_(
                    "Nothing is scored. Name their units under “units” in params/portal.yml,"
                    ' or "" for what is to be left out.'
                ),
            )
