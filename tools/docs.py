"""The documents as a site: docs/_site, and the schemas of parameter files that are kept in the project.

    python tools/docs.py

A copy of docs/ gets the pages that the program writes itself, is written by Quarto where it is installed,
else by pandoc in the look of the reports, and takes the place of the last site when it is whole.
"""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pypandoc
from program_pages import reference_pages
from schemas import ROOT, write_schemas

from chiso import __version__
from chiso.base.files import replace_folder, scratch_folder, staging_folder
from chiso.base.i18n import _, speaking
from chiso.base.markdown import escape
from chiso.publishing.finish import finish_page
from chiso.publishing.render import choose_writer, project_options, run

DOCS = ROOT / "docs"
SITE = "_site"
HOME = "index.md"
_LOOK = ("page.html", "page.css", "page.lua")


def build(site: Path) -> None:
    """Write the whole site into the folder `site`."""
    with staging_folder(site) as staged, scratch_folder() as scratch:
        project = scratch / "docs"
        shutil.copytree(DOCS, project, ignore=shutil.ignore_patterns(SITE, ".*"))
        for name, text in {**reference_pages(), **_homes(project)}.items():
            (project / name).parent.mkdir(exist_ok=True)
            (project / name).write_text(text, encoding="utf-8")
        if choose_writer("auto") == "quarto":
            run(["quarto", "render", str(project)], project)
        else:
            _with_pandoc(project)
        shutil.copytree(project / SITE, staged, dirs_exist_ok=True)
        replace_folder(staged, site)


def sections(project: Path) -> dict[str, dict[str, list[str]]]:
    """Language -> heading of a section -> its pages, as _quarto.yml has them."""
    sidebars = project_options(project)["website"]["sidebar"]
    return {
        bar["id"]: {part["section"]: part["contents"] for part in bar["contents"]}
        for bar in sidebars
    }


def pages(project: Path) -> list[str]:
    """All pages, the home of each language and of the site first."""
    held = sections(project)
    listed = [page for parts in held.values() for names in parts.values() for page in names]
    return [HOME, *(f"{language}/{HOME}" for language in held), *listed]


def title(text: str) -> str:
    """What a page is called: its first line."""
    return text.partition("\n")[0].removeprefix("# ")


def _homes(project: Path) -> dict[str, str]:
    """The pages that lead to all others."""
    made = reference_pages()
    bars = {bar["id"]: bar["title"] for bar in project_options(project)["website"]["sidebar"]}
    homes = {HOME: "# chiso\n\n" + "\n".join(f"- [{bars[one]}]({one}/{HOME})" for one in bars)}
    for language, parts in sections(project).items():
        lines = [f"# {bars[language]}"]
        for heading, names in parts.items():
            lines += ["", f"## {heading}", ""]
            for name in names:
                text = made.get(name) or (project / name).read_text("utf-8")
                lines.append(f"- [{title(text)}]({name.removeprefix(language + '/')})")
        homes[f"{language}/{HOME}"] = "\n".join(lines) + "\n"
    return homes


def _with_pandoc(project: Path) -> None:
    """Write every page as _quarto.yml says, with the template and style of the reports."""
    for name in _LOOK:
        shutil.copyfile(ROOT / "reports" / name, project / name)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(partial(_write, project, project_options(project)), pages(project)))


def _write(project: Path, options: dict[str, Any], page: str) -> None:
    html = options["format"]["html"]
    source = project / page
    target = (project / SITE / page).with_suffix(".html")
    target.parent.mkdir(parents=True, exist_ok=True)
    front = source.with_suffix(".json")
    front.write_text(json.dumps(_front(options, page, source), ensure_ascii=False), "utf-8")
    command = [
        pypandoc.get_pandoc_path(),
        source.name,
        "--to=html",
        "--standalone",
        f"--from={html['from']}",
        f"--wrap={html['wrap']}",
        f"--columns={html['columns']}",
        f"--metadata-file={front}",
        f"--template={project / 'page.html'}",
        *(f"--css={project / name}" for name in ("page.css", *html["css"])),
        *(f"--lua-filter={project / name}" for name in (*html["filters"], "page.lua")),
        "--embed-resources",
        f"--output={target}",
    ]
    run(command, source.parent)
    finish_page(target)


def _front(options: dict[str, Any], page: str, source: Path) -> dict[str, Any]:
    """What the template asks for: title, language, the way to the homes of both languages."""
    name = title(source.read_text("utf-8"))
    top = "../" * page.count("/")
    language = page.partition("/")[0] if page.count("/") else "vi"
    homes = options["website"]["navbar"]["left"]
    with speaking(language):
        words = {
            "skip": escape(_("Skip to the content")),
            "navigation": escape(_("Navigation")),
            "footer": escape(_("Made with chiso {version}.").format(version=__version__)),
        }
    crumbs = [
        {"href": top + home["href"].replace(".md", ".html"), "text": home["text"]} for home in homes
    ]
    return {
        "title": name,
        "pagetitle": name,
        "lang": language,
        "chiso": {**words, "crumbs": crumbs},
    }


if __name__ == "__main__":
    write_schemas()
    build(DOCS / SITE)
