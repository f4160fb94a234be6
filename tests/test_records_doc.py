"""docs/vi/records.md describes every column of the contract, in its words."""

import pytest
from conftest import ROOT

from chiso.contract.tables import TABLES

TEXT = (ROOT / "docs" / "vi" / "records.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_column_stands_in_the_document_with_its_meaning(table):
    part = TEXT.partition(f"\n### {table.name}\n")[2].partition("\n### ")[0]
    rows = [line.split(" | ") for line in part.splitlines() if line.startswith("| `")]
    told = {cells[0].strip("|` "): (cells[2], cells[3].strip() == "có") for cells in rows}
    assert told == {c.name: (c.meaning, c.name in table.needed) for c in table.columns}
