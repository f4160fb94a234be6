"""Every message has its Vietnamese words, and the words in use are these."""

import gettext
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from conftest import ROOT

from chiso.base.catalogue import compile_catalogues
from chiso.base.errors import ParameterError
from chiso.base.i18n import LOCALE_DIR, count, current_language, day, percent, points, use_language

CATALOGUE = LOCALE_DIR / "vi" / "LC_MESSAGES" / "chiso.po"


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> set[str]:
    """The messages in the code, as Babel finds them."""
    target = tmp_path_factory.mktemp("pot") / "chiso.pot"
    pybabel = Path(sys.executable).with_name("pybabel")
    places = [str(ROOT / folder) for folder in ("chiso", "tools")]
    subprocess.run([str(pybabel), "-q", "extract", "-o", str(target), *places], check=True)
    return {message.id for message in read_po(io.BytesIO(target.read_bytes())) if message.id}


@pytest.mark.programs
def test_every_message_is_translated_and_no_word_is_left_over(extracted):
    catalogue = [message for message in read_po(CATALOGUE.open("rb")) if message.id]
    ours = {message.id: message.string for message in catalogue if not message.auto_comments}
    assert extracted - set(ours) == set(), "add these to the catalogue"
    assert set(ours) - extracted == set(), "no longer in the code"
    assert [message.id for message in catalogue if not message.string or message.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages():
    for message in read_po(CATALOGUE.open("rb")):
        assert list(message.check()) == [], message.id


def test_numbers_and_dates_as_each_reader_writes_them():
    from datetime import date
    from decimal import Decimal

    assert count(12345) == "12.345"
    assert points(Decimal("1234.5")) == "1.234,50"
    assert percent(Decimal("0.8862")) == "88,62%"
    assert count(None) == points(None) == percent(None) == "–"
    use_language("en")
    assert (count(12345), points(Decimal("17.72"))) == ("12,345", "17.72")
    assert day(date(2022, 8, 30)) == "30/08/2022"


def test_vietnamese_is_the_language_of_anybody_who_asks_for_no_other(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "fr_FR:de")
    assert current_language() == "vi"


def test_a_catalogue_that_was_saved_is_compiled_and_a_broken_one_leaves_the_last(tmp_path):
    folder = tmp_path / "vi/LC_MESSAGES"
    folder.mkdir(parents=True)
    text, made = folder / "x.po", folder / "x.mo"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'

    def word():
        with made.open("rb") as file:
            return gettext.GNUTranslations(file).gettext("word")

    for number, told in enumerate(("từ", "lời")):
        text.write_text(f'{head}msgid "word"\nmsgstr "{told}"\n', encoding="utf-8")
        os.utime(text, (number, number))
        compile_catalogues(tmp_path)
        assert word() == "từ", "what is not newer is left alone"
    os.utime(made, (0, 0))
    compile_catalogues(tmp_path)
    assert word() == "lời"
    text.write_text(f'{head}msgid "word"\nmsgst "nửa"\n', encoding="utf-8")
    os.utime(made, (0, 0))
    with pytest.raises(ParameterError, match=r"x\.po"):
        compile_catalogues(tmp_path)
    assert word() == "lời" and len(list(folder.iterdir())) == 2
