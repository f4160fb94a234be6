"""Stands in for Quarto where that is not installed: `quarto_stand_in.py NOTES render FOLDER`.

It does what Quarto 1.10 was seen to do with a project, oddities included. Without a list of files it
finds no documents where a part of the path begins with a dot, and ends well; it empties the output
folder; it speaks on the standard error, warnings among it; one document that it can't write spoils the
call; it copies figures to the output, gives tables and rows classes in HTML and takes captions and
figures from tables for typst, whose page it numbers at the bottom. How it was called is added to the
file NOTES, a line of JSON a call.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pypandoc
import typst
import yaml

QUIRKS = {
    "html": """
function Table(tbl)
  for _, row in ipairs(tbl.head.rows) do row.classes:insert("header") end
  for _, body in ipairs(tbl.bodies) do
    for place, row in ipairs(body.body) do row.classes:insert(place % 2 == 0 and "even" or "odd") end
  end
  tbl.classes:insert("caption-top")
  return tbl
end
""",
    "typst": """
function Table(tbl) tbl.classes:insert("typst:no-figure") return tbl end
""",
    "docx": "",
}
TYPST = """
#let horizontalrule = line(start: (25%,0%), end: (75%,0%))
$if(highlighting-definitions)$
$highlighting-definitions$
$endif$
$typst-template.typ()$

#set page(paper: "us-letter", margin: (x: 1.25in, y: 1.25in), numbering: "1", columns: 1)

$typst-show.typ()$

$body$
"""
OPTIONS = ("from", "template", "css", "wrap", "columns", "reference-doc")


def documents(folder, project):
    """The documents of the project, by name."""
    if "render" in project:
        found = [path for glob in project["render"] for path in folder.glob(glob)]
    else:
        found = [] if any(p[0] == "." for p in folder.parts) else list(folder.rglob("*.qmd"))
    return sorted(
        path for path in found if not any(p[0] in "._" for p in path.relative_to(folder).parts)
    )


def formats(document, known):
    """The formats that a document asks for, else all of the project."""
    front = yaml.safe_load(document.read_text("utf-8").split("---\n")[1])
    wanted = front.get("format", known)
    return {name: known[name] for name in ([wanted] if isinstance(wanted, str) else wanted)}


def write(document, kind, options, target):
    """One format of one document."""
    folder = document.parent
    (folder / ".quirks.lua").write_text(QUIRKS[kind], "utf-8")
    if kind == "typst":
        (folder / ".page.typst").write_text(TYPST, "utf-8")
        options = {**options, "template": ".page.typst"}
    output = folder / f"{document.stem}.typ" if kind == "typst" else target
    subprocess.run(
        [
            pypandoc.get_pandoc_path(),
            document.name,
            f"--to={kind}",
            "--standalone",
            *(f"--{name}={options[name]}" for name in OPTIONS if name in options),
            *(f"--lua-filter={name}" for name in [*options.get("filters", ()), ".quirks.lua"]),
            *(["--embed-resources"] if options.get("embed-resources") else []),
            f"--output={output}",
        ],
        cwd=folder,
        check=True,
    )
    if kind == "typst":
        fonts = [path for path in os.environ.get("TYPST_FONT_PATHS", "").split(os.pathsep) if path]
        system = os.environ.get("TYPST_IGNORE_SYSTEM_FONTS") != "true"
        target.write_bytes(
            typst.compile(
                output,
                root=folder,
                font_paths=typst.Fonts(include_system_fonts=system, font_paths=fonts),
                pdf_standards=options["pdf-standard"],
            )
        )


def render(folder):
    """The names of the documents written, into the output folder all at once."""
    told = yaml.safe_load((folder / "_quarto.yml").read_text("utf-8"))
    output, made = folder / told["project"]["output-dir"], folder / ".made"
    shutil.rmtree(output, ignore_errors=True)
    made.mkdir()
    found = documents(folder, told["project"])
    for place, document in enumerate(found, 1):
        print(f"[{place}/{len(found)}] {document.name}", file=sys.stderr)
        print("WARN: a harmless warning", file=sys.stderr)
        for kind, options in formats(document, told["format"]).items():
            ending = {"typst": "pdf"}.get(kind, kind)
            write(document, kind, options, made / f"{document.stem}.{ending}")
    for figure in folder.glob("*.svg") if found else ():
        shutil.copyfile(figure, made / figure.name)
    made.rename(output)
    return [document.stem for document in found]


def main(notes, command, folder):
    """The exit code."""
    if command != "render":
        return 2
    names = ("LANG", "LC_ALL", "TYPST_FONT_PATHS")
    call = {"pages": [], **{name: os.environ.get(name) for name in names}}
    try:
        call["pages"] = render(Path(folder).absolute())
    except (subprocess.CalledProcessError, typst.TypstError) as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    finally:
        with Path(notes).open("a", encoding="utf-8") as file:
            file.write(json.dumps(call) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
