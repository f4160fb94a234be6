"""The digest: short enough, marked, escaped, and written only where there is news."""

from __future__ import annotations

import io
import re
from datetime import date, datetime

import pytest
from conftest import run_chiso
from daily_world import Clock, World, small_province
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from test_daily import content, daily

from chiso.base.errors import InputError
from chiso.base.period import parse_period
from chiso.pages.cards import OrderWords, order_cards
from chiso.pages.digest import MOST, Digest, digest_html, digest_of, digest_png, digest_text
from chiso.pages.digest.content import _LINE, _NAME
from chiso.publishing.digest import write_digest
from chiso.rules.settings import ILLUSTRATION_MARK, load_settings
from chiso.store.pipeline import score_period

TODAY = date(2022, 9, 6)
LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=_LINE)
NAME = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=_NAME)
ORDER = st.builds(OrderWords, agency=NAME, what=LINE, why=LINE, until=NAME)
DIGESTS = st.builds(
    Digest,
    title=LINE,
    mark=NAME,
    total=LINE,
    changes=st.lists(LINE, max_size=3).map(tuple),
    orders=st.lists(ORDER, max_size=3).map(tuple),
    moved=st.lists(LINE, max_size=2).map(tuple),
    due=st.lists(LINE, max_size=3).map(tuple),
    origin=st.just("Số liệu lần 7, lưu ngày 15/09/2022, tính đến 14/09/2022."),
    page=st.just("reports/_site/2022-09/H31.html"),
)
LONG = Digest(
    title="Bộ chỉ số 766 · " + "Đ" * _NAME,
    mark="Dữ liệu minh họa · Tạm tính đến 15/09/2022",
    total="T" * _LINE,
    changes=("So với " * 30,) * 3,
    orders=(OrderWords("Ủy ban $x$ & <b>" + "n" * 60, "W " * 120, "Y " * 120, "Hạn 30/09/2022."),)
    * 3,
    moved=("Tự tăng " * 28,) * 2,
    due=("Đến hạn " * 29,) * 3,
    origin="Số liệu lần 7.",
    page="reports/_site/2022-09/H31.html",
)


@settings(max_examples=60, deadline=None)
@given(DIGESTS)
def test_the_text_is_never_longer_and_keeps_what_matters(digest):
    text = digest_text(digest)
    assert len(text) <= MOST
    assert digest.total in text and digest.origin in text and digest.page in text
    for place, order in enumerate(digest.orders, 1):
        assert f"{place}. {order.agency}: {order.what} " in text


def test_what_goes_first_are_the_whys():
    text = digest_text(LONG)
    assert len(text) <= MOST
    assert "Y Y" not in text and text.count("W W") >= 3


def test_the_picture_holds_all_orders_whatever_their_length():
    image = Image.open(io.BytesIO(digest_png(LONG)))
    assert image.size == (1080, 1350)
    assert digest_png(LONG) == digest_png(LONG)


def test_the_mail_needs_nothing_from_elsewhere_and_escapes_all():
    page = digest_html(LONG)
    assert "<b>nnn" not in page and "&lt;b&gt;" in page and "&amp;" in page
    assert not re.search(r"<(script|img|link|style|iframe)|https?:|url\(", page)
    assert "Dữ liệu minh họa" in page


@pytest.fixture
def world(project, monkeypatch):
    small_province(project)
    hands = Clock(monkeypatch)
    made = World(project, as_counts=True)

    def day(number: int) -> None:
        hands.set(f"2022-09-{number:02d}T18:00")
        made.export("2022-09", datetime(2022, 9, number, 18))
        daily()

    made.day = day
    return made


def test_three_files_are_written_once(world):
    world.day(5)
    world.day(6)
    found = write_digest(None, TODAY)
    assert [path.name for path in found.files] == [
        f"2022-09-06.{ending}" for ending in ("txt", "png", "html")
    ]
    text = found.files[0].read_text("utf-8")
    assert text == found.text and "[TẠM TÍNH ĐẾN 06/09/2022]" in text
    assert "So với ngày 05/09/2022" in text
    assert "tạm tính đến 06/09/2022" in found.files[2].read_text("utf-8").lower()
    before = content(world.project)
    again = write_digest(None, TODAY)
    assert not again.files and "đã có" in again.reason
    assert content(world.project) == before


def test_of_stale_figures_there_is_none(world):
    world.day(5)
    found = write_digest(None, date(2022, 9, 9))
    assert not found.files and "05/09/2022" in found.reason
    assert not (world.project / "reports/_digest").exists()
    assert write_digest(None, date(2022, 9, 8)).files


def test_where_no_figure_moved_there_is_none(world):
    world.day(5)
    world.day(6)
    world.day(7)
    assert write_digest(None, TODAY).files
    before = content(world.project / "reports")
    # Nothing is handed in on the 8th: the newest revision stays that of the 7th.
    daily()
    assert "đã có" in write_digest(None, date(2022, 9, 8)).reason
    assert content(world.project / "reports") == before


def test_invented_figures_are_marked_in_all(world):
    world.day(5)
    (world.project / "data/2022-09" / ILLUSTRATION_MARK).write_text("", encoding="utf-8")
    figures = score_period(load_settings(parse_period("2022-09")), print)
    digest = digest_of(figures)
    assert digest.mark.startswith("Dữ liệu minh họa")
    assert "DỮ LIỆU MINH HỌA" in digest_text(digest) and digest.mark in digest_html(digest)


def test_orders_are_worded_and_named_as_on_the_page(project):
    figures = score_period(load_settings(parse_period("2026")), print)
    digest, cards = digest_of(figures), order_cards(figures).data
    assert len(digest.orders) == cards.count("{.order}") > 0
    plain = cards.replace("\\", "")
    for order in digest.orders:
        assert order.agency in plain and order.what in plain and order.why in plain


def test_of_nothing_stored_there_is_none(project):
    with pytest.raises(InputError, match="Chưa lưu"):
        write_digest(None, TODAY)
    with pytest.raises(InputError, match="tháng 9/2022"):
        write_digest(parse_period("2022-09"), TODAY)


def test_the_command_says_what_it_wrote(project):
    score_period(load_settings(parse_period("2026")), lambda _said: None)
    done = run_chiso("digest", "--period", "2026", project=project)
    assert done.returncode == 0, done.stderr
    assert "VIỆC CẦN CHỈ ĐẠO" in done.stdout or "Không lập bản tin" in done.stdout
