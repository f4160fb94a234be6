"""From a scored period to a site: notebooks executed, documents written, pages in place."""
