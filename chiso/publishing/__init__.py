"""From a scored period to a site: notebooks executed, documents written, pages in place."""

import sys

# Before anything here imports nbformat: the grammar of international addresses, which jsonschema would build
# in every process that makes pages, takes longer than a page, and notebooks have no such addresses.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
