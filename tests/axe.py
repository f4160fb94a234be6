"""Accessibility of a page as axe-core judges it, by WCAG 2.2 AA and its own best practice."""

from conftest import ROOT

_SCRIPT = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page) -> list[tuple[str, list]]:
    """Each rule that an open page breaks, and where."""
    page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", _RULES)["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
