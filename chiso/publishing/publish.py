"""Results put where they are read, taken away again, and the list of what is there.

At the place: <period>/<version>/ with the pages, <period>/index.html that leads to the newest version,
<period>/periods.js by which its pages find other periods, published.json (the list) and index.html, the
entry over all periods. Versions are written first, what leads to them after that, what is no more needed
goes last: whoever reads meanwhile reads one version from its first page to its last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from chiso.base import clock
from chiso.base.errors import InputError, ParameterError
from chiso.base.files import only_one, scratch_folder
from chiso.base.i18n import _, count
from chiso.base.locations import project_root
from chiso.base.period import Period, parse_period
from chiso.publishing.entry import ENTRY, Entry, entry_page, way_to
from chiso.publishing.kept import keep, let_go
from chiso.publishing.periods import NAME, periods_script
from chiso.publishing.place import Place, PlaceError, open_place
from chiso.publishing.release import CASES_PAGE, Release, stage
from chiso.rules.publishing_rules import publishing_rules
from chiso.rules.settings import Audience

LIST = "published.json"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Shown:
    """What the list says of a period: whose figures, the revision, the last day of its figures, the day on which it was published,
    the folder of its newest version, older ones that are still there, its pages."""

    province: str
    revision: int
    as_of: date
    published_on: date
    version: str
    older: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Published:
    """The list at a place: whom it is for, and what is there by the name of the period."""

    audience: Audience
    periods: Mapping[str, Shown] = field(default_factory=dict)

    @property
    def entries(self) -> list[Entry]:
        """The periods as the entry page shows them."""
        return [self._entry(name, one) for name, one in self.periods.items()]

    def _entry(self, name: str, one: Shown) -> Entry:
        path = f"{name}/{one.version}"
        return Entry(
            period=parse_period(name),
            province=one.province,
            path=path,
            revision=one.revision,
            as_of=one.as_of,
            pages=one.pages,
            published_on=one.published_on,
            cases=f"{path}/{CASES_PAGE}" if CASES_PAGE.partition(".")[0] in one.pages else "",
        )


def place_of(audience: Audience, address: str | None) -> Place:
    """The place of an audience's site: at `address`, else by params/publish.yml."""
    places = publishing_rules().places
    return open_place(address or (places.public if audience == "public" else places.internal))


def published(place: Place, audience: Audience) -> Published:
    """What is at a place; ParameterError where another audience's site is there."""
    content = place.read(LIST)
    if content is None:
        return Published(audience)
    try:
        found = TypeAdapter(Published).validate_json(content)
        for name in found.periods:
            parse_period(name)
    except ValueError:
        raise PlaceError(
            _("The list {name} at {place} can't be read.").format(name=LIST, place=place.address),
            hint=_("Restore it from a backup, or publish to another place."),
        ) from None
    if found.audience != audience:
        raise ParameterError(
            _("At {place} is the site for another audience ({audience}).").format(
                place=place.address, audience=found.audience
            ),
            hint=_("What is internal never lies beside what is public: name another place."),
        )
    return found


def publish(
    period: Period, audience: Audience, address: str | None, tell: Tell
) -> tuple[Shown, bool]:
    """Publish a period as its site stands; what the list says of it now, and whether anything is new.

    UserError where it may not go out (release.stage) or the place can't be used: what is there stays.
    """
    place = place_of(audience, address)
    with _alone(place, tell), scratch_folder() as work:
        before = published(place, audience)
        files = work / "release"
        files.mkdir()
        release = stage(period, audience, files)
        version, known = release.version, before.periods.get(period.name)
        older = [known.version, *known.older] if known else []
        is_new = known is None or known.version != version
        names = {path.name for path in files.iterdir()}
        if is_new or place.names(f"{period.name}/{version}") != names:
            keep(release, audience, place.address)
            place.put_folder(files, f"{period.name}/{version}")
        kept = [one for one in older if one != version][: publishing_rules().kept - 1]
        now = _shown(release, version, known, tuple(kept))
        _lead(
            place, replace(before, periods={**before.periods, period.name: now}), period.name, work
        )
        for left in place.versions(period.name) - {version, *kept}:
            place.remove(f"{period.name}/{left}")
        _let_go(period, place, tell)
    return now, is_new


def unpublish(period: Period, audience: Audience, address: str | None, tell: Tell) -> None:
    """Take a period away; InputError where it is not published there."""
    place = place_of(audience, address)
    with _alone(place, tell), scratch_folder() as work:
        before = published(place, audience)
        left = {name: one for name, one in before.periods.items() if name != period.name}
        if len(left) == len(before.periods) and not place.versions(period.name):
            raise InputError(
                _("{period} is not published at {place}.").format(
                    period=period.label, place=place.address
                ),
                hint=_("There are: {known}.").format(known=", ".join(sorted(left)) or _("none")),
            )
        # Nothing leads to it any more before it goes.
        _lead(place, replace(before, periods=left), "", work)
        place.remove(period.name)
        _let_go(period, place, tell)


def _let_go(period: Period, place: Place, tell: Tell) -> None:
    """Keep no longer what no version needs that is published, here or elsewhere."""
    versions, files = let_go(period.name, place.address, place.versions(period.name))
    if versions:
        words = _(
            "{versions} versions of {period} are published nowhere any more: what they alone were made"
            " from is removed from data/kept/ ({files} files)."
        )
        tell(words.format(versions=count(versions), period=period.label, files=count(files)))


def _alone(place: Place, tell: Tell) -> AbstractContextManager[None]:
    """One publication to a place at a time, from this machine."""
    digest = hashlib.sha256(place.address.encode()).hexdigest()[:16]
    return only_one(project_root() / "reports" / f"_publishing-{digest}", tell)


def _shown(release: Release, version: str, known: Shown | None, older: tuple[str, ...]) -> Shown:
    """The same version keeps the day on which it was published first."""
    is_same = known is not None and known.version == version
    return Shown(
        province=release.province,
        revision=release.origin.revision,
        as_of=date.fromisoformat(release.origin.as_of),
        published_on=known.published_on if known and is_same else clock.vietnam_day(clock.now()),
        version=version,
        older=older,
        pages=release.pages,
    )


def _lead(place: Place, now: Published, changed: str, work: Path) -> None:
    """Let everything at the place lead to what is there now; of a changed period its own way first.

    The list comes before the entry page: a run that is killed in between is made up for by the next.
    """
    entries = now.entries
    # Seen from a page, which lies in <period>/<version>/.
    script = periods_script(entries, "../..").encode()
    for name in _first(changed, now.periods):
        place.put(f"{name}/{NAME}", script, work)
    if changed:
        version = now.periods[changed].version
        place.point(changed, version)
        place.put(f"{changed}/{ENTRY}", way_to(f"{version}/{ENTRY}"), work)
    text = json.dumps(asdict(now), default=str, ensure_ascii=False, indent=1, sort_keys=True)
    place.put(LIST, f"{text}\n".encode(), work)
    place.put(ENTRY, entry_page(entries), work)


def _first(name: str, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda one: (one != name, one))
