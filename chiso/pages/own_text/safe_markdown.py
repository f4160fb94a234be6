"""An analyst's Markdown as the little of it that can't break a page or load anything.

Paragraphs, emphasis, lists, quotations and links to http(s) stay; headings become bold lines, an
image its description, and HTML the characters that stand there.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from chiso.base.markdown import escape

_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_PLAIN_IN_ADDRESS = ":/?#[]@!$&'()*+,;=%~-._"


def safe_markdown(text: str) -> str:
    """`text` (CommonMark) in the Markdown of our pages, every character of it neutral."""
    import pypandoc  # deferred: only pages with an analyst's text need it

    document = json.loads(
        pypandoc.convert_text(text, "json", format="commonmark", extra_args=["--sandbox"])
    )
    return "\n\n".join(_blocks(document["blocks"]))


def _blocks(blocks: list[dict[str, Any]]) -> list[str]:
    return [shown for block in blocks if (shown := _block(block))]


def _block(block: dict[str, Any]) -> str:
    kind: str = block["t"]
    content: Any = block.get("c")
    if kind in ("Para", "Plain"):
        return _inlines(content)
    if kind == "Header":
        return f"**{_inlines(content[2])}**"
    if kind == "BulletList":
        return "\n\n".join(_item("- ", item) for item in content)
    if kind == "OrderedList":
        start = content[0][0]
        return "\n\n".join(_item(f"{start + i}. ", item) for i, item in enumerate(content[1]))
    if kind == "BlockQuote":
        return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(content)).split("\n"))
    if kind in ("CodeBlock", "RawBlock"):
        return escape(content[1])
    return ""


def _item(mark: str, blocks: list[dict[str, Any]]) -> str:
    """A list item, its further lines indented below its first word."""
    lines = "\n\n".join(_blocks(blocks)).split("\n")
    further = (f"{' ' * len(mark)}{line}".rstrip() for line in lines[1:])
    return "\n".join([mark + lines[0], *further])


def _inlines(inlines: list[dict[str, Any]]) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: dict[str, Any]) -> str:
    kind: str = inline["t"]
    content: Any = inline.get("c")
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Emph", "Strong"):
        mark = "*" if kind == "Emph" else "**"
        return f"{mark}{_inlines(content)}{mark}"
    if kind == "Link":
        return _link(_inlines(content[1]), content[2][0])
    if kind == "Image":
        return _inlines(content[1])
    if kind in ("Code", "RawInline"):
        return escape(content[1])
    return escape(content) if isinstance(content, str) else ""


def _link(text: str, address: str) -> str:
    if not _WEB.fullmatch(address):
        return text
    return f"[{text}](<{quote(address, safe=_PLAIN_IN_ADDRESS)}>)"
