"""What a browser may run of a page: only what the page came with; nothing is asked of another host."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from servers import nginx

from chiso.publishing.policy import policy, secured, with_script

HEAD = '<head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_names_every_script_and_style_by_its_hash_and_nothing_else():
    found = policy("<style>a{}</style><script>let ạ = 1;\n</script><script type='x'>2</script>")
    assert found == (
        "default-src 'none'; "
        + "script-src "
        + " ".join(
            sorted(["'strict-dynamic'", *(f"'sha256-{digest(t)}'" for t in ("let ạ = 1;\n", "2"))])
        )
        + f"; style-src 'sha256-{digest('a{}')}'"
        + "; img-src data:; form-action 'self'; base-uri 'none'"
    )
    assert "unsafe" not in found


def test_only_the_place_in_the_head_is_filled():
    body = "<script>1</script><p>&lt;meta http-equiv=&quot;Content-Security-Policy&quot;</p>"
    text = secured(f"{HEAD}</head>{body}")
    assert text.endswith(f"</head>{body}") and digest("1") in text
    assert secured(text) == text


def test_a_page_may_get_one_more_script_that_asks_its_own_server():
    page = secured(f"{HEAD}</head><body><script>1</script></body></html>")
    text = with_script(page, "2", {"told": '"><b>'})
    assert text.endswith('<script data-told="&quot;&gt;&lt;b&gt;">2</script></body></html>')
    told = re.search(r'content="([^"]*)"', text)[1]
    assert digest("1") in told and digest("2") in told and "unsafe" not in told
    assert told.endswith("; base-uri 'none'; connect-src 'self'")


def test_no_page_has_what_its_policy_forbids(sample_site):
    for page in sorted(sample_site.glob("*.html")):
        text = page.read_text("utf-8")
        told = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert text.index(told[0]) < text.index("<style"), page.name
        assert "unsafe" not in told[1] and "sha256-" in told[1], page.name
        assert '<meta name="referrer" content="no-referrer">' in text, page.name
        tags = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
        assert not re.search(r"<[^>]*\s(?:on\w+|style)\s*=", tags), page.name
        assert "javascript:" not in tags, page.name


@pytest.fixture
def crawled(browser):
    """Opens pages; what the browser asked for, and what it said."""
    context = browser.new_context()
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append((page.url, message.text)))
    page.on("pageerror", lambda error: said.append((page.url, str(error))))
    page.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " (e) => console.error(`${e.violatedDirective} ${e.blockedURI}`))"
    )
    yield page, asked, said
    context.close()


def test_through_the_example_server_nothing_is_refused_and_no_other_host_is_asked(
    sample_site, crawled, tmp_path
):
    """As readers get the pages, with the headers of docs/nginx.conf."""
    page, asked, said = crawled
    pages = sorted(path.name for path in sample_site.glob("*.html"))
    with nginx(sample_site.parent, tmp_path) as address:
        for name in pages:
            answer = page.goto(f"{address}/2026/{name}")
            assert answer.status == 200
            headers = answer.all_headers()
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-type"] == "text/html; charset=utf-8"
            assert headers["cache-control"] == "no-cache"
        page.goto(f"{address}/2026/compare.html?a=H15.15&b=H15.120")
        assert page.locator(".compared").count() == 3
        chosen = page.locator("form.filters")
        chosen.locator("select").first.select_option(index=3)
        chosen.locator("button[type=submit]").click()
        page.wait_for_url("**/compare.html?a=*")
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert len(asked) > len(pages)
    assert said == []


def test_from_a_folder_nothing_is_refused_either(sample_site, crawled):
    page, asked, said = crawled
    for name in ("index.html", "H15.html", "H15.15.html", "compare.html?a=H15.15&b=H15.120"):
        page.goto(f"{sample_site.as_uri()}/{name}")
    assert page.locator(".compared").count() == 3
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []


def test_what_somebody_put_into_a_page_does_not_run(sample_site, crawled, tmp_path):
    page, asked, said = crawled
    refused = {}
    page.on("requestfailed", lambda request: refused.update({request.url: request.failure}))
    text = (sample_site / "H15.15.html").read_text("utf-8")
    bad = (
        '<script>document.title = "run"</script><script src="https://example.org/x.js"></script>'
        '<img src="x" onerror="document.title = \'run\'"><a id="bad" href="javascript:document.title='
        '\'run\'">x</a><iframe src="https://example.org/"></iframe>'
    )
    (tmp_path / "page.html").write_text(text.replace("</main>", f"{bad}</main>"), encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    page.locator("#bad").click()
    assert page.title() != "run"
    # What the browser gave up before it asked it says too, with the policy as the reason.
    for url in (url for url in asked if "example.org" in url):
        assert refused[url] == "csp", (url, refused[url])
    assert len(said) >= 5
