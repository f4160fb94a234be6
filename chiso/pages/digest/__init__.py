"""A period in brief for those who do not open the site: as text, as a picture, as a mail."""

from chiso.pages.digest.card import digest_png
from chiso.pages.digest.content import Digest, digest_of
from chiso.pages.digest.mail import digest_html
from chiso.pages.digest.text import MOST, digest_text

__all__ = ["MOST", "Digest", "digest_html", "digest_of", "digest_png", "digest_text"]
