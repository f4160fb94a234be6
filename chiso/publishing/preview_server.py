"""The page of a preview for a browser on this machine, and the script by which it loads itself again."""

from __future__ import annotations

import errno
import html
import json
import mimetypes
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from chiso.base.errors import UserError
from chiso.base.i18n import _, current_language
from chiso.publishing import periods
from chiso.publishing.cache import HTML, published_files
from chiso.publishing.policy import with_script

HOST = "127.0.0.1"
_STATE = "/state.json"
# The box is styled by its properties: the page's policy forbids what stands in attributes.
_SCRIPT = """
(() => {
  const { version, ended } = document.currentScript.dataset;
  const box = document.createElement("div");
  box.className = "failed";
  box.setAttribute("role", "status");
  Object.assign(box.style, {
    position: "sticky", top: "0", zIndex: "9", padding: ".75rem 1rem", whiteSpace: "pre-wrap",
    overflowWrap: "anywhere", background: "Canvas", borderBottom: "3px solid",
  });
  const look = async () => {
    let state = { version, notice: ended };
    try {
      state = await (await fetch("STATE")).json();
    } catch {}
    if (state.version !== version) return location.reload();
    if (box.textContent !== state.notice) box.textContent = state.notice;
    if (state.notice) document.body.prepend(box);
    else box.remove();
    setTimeout(look, 500);
  };
  look();
})();
""".replace("STATE", _STATE)
_EMPTY = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,"></head><body></body></html>
"""


@dataclass
class Shown:
    """What a browser sees: the last good page of a unit, its files, and what is to be said above it.

    Written by the preview, read by the server's threads.
    """

    unit: str
    html: str = ""
    folder: Path | None = None
    notice: str = ""
    version: str = field(default_factory=lambda: uuid.uuid4().hex)

    def replace(self, folder: Path, notice: str) -> None:
        """Show the page in `folder` from now on."""
        self.html = (folder / f"{self.unit}{HTML}").read_text(encoding="utf-8")
        self.folder, self.notice, self.version = folder, notice, uuid.uuid4().hex

    def page(self) -> str:
        """The text that a browser gets, with the script."""
        title = html.escape(f"{self.unit} - " + _("Preview"))
        text = self.html or _EMPTY.format(language=current_language(), title=title)
        ended = _("The preview has ended.")
        return with_script(text, _SCRIPT, {"version": self.version, "ended": ended})

    def file(self, name: str) -> bytes | None:
        """Another file of the page (its PDF, Word or Excel file)."""
        if self.folder is None or name not in published_files(self.folder, self.unit):
            return None
        return (self.folder / name).read_bytes()


@contextmanager
def serving(shown: Shown, port: int) -> Iterator[str]:
    """Serve `shown` on this machine alone; gives the address of the page.

    `port`: 0 for any that is free. UserError where it is in use.
    """
    try:
        server = _Server((HOST, port), _handler(shown))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise UserError(
            _("Port {port} is in use or not for this user.").format(port=port),
            hint=_("Name another one, or 0 for any that is free: PORT=0 or --port 0"),
        ) from None
    # Looks every 20 ms whether it is to end.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/{quote(shown.unit)}{HTML}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A page that is left open asks on: the end does not wait for it.
    block_on_close = False


def _handler(shown: Shown) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            port = self.connection.getsockname()[1]
            # No other name may lead here: a page elsewhere could read the figures by it.
            if self.headers.get("Host") not in (f"{HOST}:{port}", f"localhost:{port}"):
                self._answer(403, "text/plain", b"")
                return
            name = unquote(urlsplit(self.path).path).removeprefix("/")
            own = f"{shown.unit}{HTML}"
            if name == "":
                self.send_response(302)
                self.send_header("Location", f"/{quote(own)}")
                self.end_headers()
            elif name == own:
                self._answer(200, "text/html", shown.page().encode())
            elif f"/{name}" == _STATE:
                state = {"version": shown.version, "notice": shown.notice}
                self._answer(200, "application/json", json.dumps(state).encode())
            elif name == periods.NAME:  # which every page asks for: there is no other period here
                self._answer(200, "text/javascript", b"")
            else:
                self._file(name)

        def _file(self, name: str) -> None:
            content = shown.file(name)
            if content is None:
                words = _("The preview has no page but {page}.").format(page=f"{shown.unit}{HTML}")
                self._answer(404, "text/plain", words.encode())
                return
            self._answer(200, mimetypes.guess_type(name)[0] or "application/octet-stream", content)

        def _answer(self, code: int, kind: str, content: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """The terminal is for what was made."""

    return Handler
