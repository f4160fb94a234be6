"""A period under edited parameters, in a project of its own: nothing of it is kept."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chiso.base.errors import ParameterError, UserError
from chiso.base.files import scratch_folder
from chiso.base.i18n import _, day
from chiso.base.locations import another_project, params_dir, project_root
from chiso.base.period import Period
from chiso.explain.letters import letter_deadline
from chiso.explain.proposals import proposals
from chiso.explain.trial import Letters, Moved, Result, moved, results
from chiso.pages.letters.asked import asked_words
from chiso.pages.letters.listing import proposed as listed
from chiso.pages.letters.listing import why_addressed
from chiso.publishing.lettering import Wanted, decide
from chiso.publishing.letters import reminder
from chiso.publishing.parameter_files import faults
from chiso.rules.mergers import Mergers, load_mergers
from chiso.rules.owed_rules import load_obligations
from chiso.rules.settings import load_settings
from chiso.rules.units import load_tree
from chiso.store.figures import Figures
from chiso.store.pipeline import score_period


@dataclass(frozen=True)
class Trial:
    """What the edited files change of a period: the units whose results are other, how many units
    there are, and what the report would propose, before and after, as text."""

    moved: tuple[Moved, ...]
    units: int
    proposed: tuple[str, str]


def edited_files(folder: Path) -> tuple[Path, ...]:
    """The files of a folder of edited parameters, as they lie in params/, that are other than there.

    ParameterError for no folder, or one without any file of params/.
    """
    if not folder.is_dir():
        raise ParameterError(
            _("There is no such folder of parameters."),
            file=folder,
            hint=_(
                "Copy the files to be tried into it as they lie in params/, for example"
                " {folder}/indicators/766-2022.yml, and edit them there."
            ).format(folder=folder),
        )
    if folder.resolve() == params_dir().resolve():
        raise ParameterError(
            _("This folder is params/ itself, which is in force already."),
            file=folder,
            hint=_("Edit a copy in another folder, and name that."),
        )
    found = [
        path.relative_to(folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith("~")
    ]
    if not found:
        raise ParameterError(
            _("There is no file in this folder."),
            file=folder,
            hint=_("Copy the files to be tried into it as they lie in params/."),
        )
    return tuple(path for path in found if not _is_same(folder / path, params_dir() / path))


def faults_of(folder: Path | None) -> tuple[str, ...]:
    """What is wrong with params/, or with what it becomes with the files of a folder."""
    if folder is None:
        return tuple(faults())
    known = _Places(folder)
    with _project_with(folder) as project, another_project(project):
        return tuple(known.told(text, project) for text in faults())


def edited_mergers(folder: Path) -> tuple[Mergers, ...]:
    """What went into the agencies of each tree that a folder edits, or whose mergers it edits."""
    edited = {path.name for path in edited_files(folder) if path.parts[0] == "units"}
    with _project_with(folder) as project, another_project(project):
        names = sorted(path.stem for path in (params_dir() / "units").glob("*.yml"))
        trees = [(name, load_tree(name)) for name in names]
        found = [
            load_mergers(tree)
            for name, tree in trees
            if tree.before and edited & {f"{name}.yml", tree.before.mergers}
        ]
    return tuple(one for one in found if one)


def try_parameters(
    period: Period, folder: Path, tell: Callable[[str], None], drafted_on: date
) -> Trial:
    """What of a period is other once the files of `folder` are in params/; letters as drafted on
    `drafted_on`. UserError where the period can't be scored by either."""
    with _project_with(None) as project, another_project(project):
        before, proposed = _results(period, tell, drafted_on)
    known = _Places(folder)
    with _project_with(folder) as project, another_project(project):
        try:
            after, proposed_then = _results(period, lambda _said: None, drafted_on)
        except UserError as error:
            raise ParameterError(known.told(str(error), project)) from None
    units = len({*before, *after})
    return Trial(moved(before, after), units, (proposed, proposed_then))


def _results(
    period: Period, tell: Callable[[str], None], drafted_on: date
) -> tuple[dict[str, Result], str]:
    figures = score_period(load_settings(period), tell)
    return results(figures, _letters(figures, drafted_on)), listed(proposals(figures))


def _letters(figures: Figures, drafted_on: date) -> Letters:
    """What each letter of a period would say: why it is written, what it asks, until when."""
    obligations = load_obligations(figures.settings.units, figures.tree)
    wanted = Wanted((), (), (), "", drafted_on)
    drafts = decide(figures, wanted, lambda _said: None).addressed.drafts
    deadline = letter_deadline(figures.settings, drafted_on)
    for draft in drafts[:1]:
        reminder(figures, draft, deadline)  # the template is filled in, or its fault is told
    return {
        draft.unit.code: (
            why_addressed(draft),
            *(asked_words(task.asked, figures.book, obligations) for task in draft.tasks),
            _("until {day}").format(day=day(deadline)),
        )
        for draft in drafts
    }


class _Places:
    """Where the user's files are that a project for a trial has copies of."""

    def __init__(self, folder: Path) -> None:
        self._root, self._folder, self._edited = project_root(), folder, edited_files(folder)

    def told(self, text: str, project: Path) -> str:
        """A message from such a project, with the places that the user knows."""
        for path in self._edited:
            text = text.replace(str(project / "params" / path), str(self._folder / path))
        return text.replace(str(project), str(self._root))


@contextmanager
def _project_with(folder: Path | None) -> Iterator[Path]:
    """A project with the parameters of now and over them those of `folder`, the data of now, and a
    store that knows what is stored now; removed at the end."""
    root = project_root()
    with scratch_folder() as project:
        shutil.copytree(root / "params", project / "params")
        if folder:
            for path in edited_files(folder):
                target = project / "params" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / path, target)
        data = project / "data"
        data.mkdir()
        for path in (root / "data").iterdir():
            if path.name != "store" and not path.name.startswith("."):
                (data / path.name).symlink_to(path.resolve())
        if (root / "data" / "store").is_dir():
            shutil.copytree(root / "data" / "store", data / "store", copy_function=_link_or_copy)
        yield project


def _link_or_copy(source: str, target: str) -> None:
    """What the store holds is replaced, never written into: the same file may stand in two stores."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _is_same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
