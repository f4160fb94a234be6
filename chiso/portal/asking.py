"""One question to the portal: asked politely, again where the server failed, never where it refuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import tenacity

from chiso import __version__
from chiso.base.errors import InputError
from chiso.base.i18n import _, count
from chiso.portal.captures import now
from chiso.rules.portal_rules import PortalRules

REFUSED = (401, 403, 429)
_GOOD = (200, 201)


class _FaultError(Exception):
    """No answer, or the server's own fault: worth asking again."""


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    status: int
    raw: bytes
    fetched: datetime


@dataclass
class Asking:
    """Questions one after the other, with the pauses of `rules`.

    `tell` gets that a question is asked again. Raises InputError where the portal refuses (401, 403,
    429: at once), answers anything else that is no answer, or still fails after all retries.
    """

    rules: PortalRules
    base_url: str
    tell: Callable[[str], None]
    _has_asked: bool = field(default=False, init=False)

    def post(self, group: str, body: Mapping[str, Any]) -> Reply:
        """The answer of a group to `body`."""
        if self._has_asked:
            time.sleep(float(self.rules.pause_seconds))
        self._has_asked = True
        url = f"{self.base_url.rstrip('/')}/{group}"
        again = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_FaultError),
            stop=tenacity.stop_after_attempt(self.rules.retries + 1),
            wait=tenacity.wait_exponential(
                multiplier=float(self.rules.first_wait_seconds),
                max=float(self.rules.longest_wait_seconds),
            ),
            before_sleep=lambda state: self._say(group, state),
        )
        try:
            return again(self._once, url, body)
        except tenacity.RetryError as error:
            raise InputError(
                _("The portal does not answer: {fault}.").format(
                    fault=error.last_attempt.exception()
                ),
                file=url,
                hint=_("What has come so far is kept: run the same command again later."),
            ) from None

    def _say(self, group: str, state: tenacity.RetryCallState) -> None:
        fault = state.outcome.exception() if state.outcome else ""
        wait = state.next_action.sleep if state.next_action else 0
        self.tell(
            _("{group}: {fault}; asking again in {seconds} seconds.").format(
                group=group, fault=fault, seconds=count(round(wait))
            )
        )

    def _once(self, url: str, body: Mapping[str, Any]) -> Reply:
        limit = float(self.rules.timeout_seconds)
        headers = {"User-Agent": f"chiso/{__version__}", "Accept": "application/json"}
        try:
            with httpx.stream("POST", url, json=body, headers=headers, timeout=limit) as response:
                self._require_answer(response.status_code, url)
                return Reply(response.status_code, self._read(response, limit, url), now())
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise InputError(
                _("This address can't be used: {problem}.").format(problem=error),
                file=url,
                hint=_("Check --base-url, or base_url in params/portal.yml."),
            ) from None
        except httpx.TimeoutException:
            raise _FaultError(self._too_slow()) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _FaultError(str(error) or type(error).__name__) from None

    def _read(self, response: httpx.Response, limit: float, url: str) -> bytes:
        """The whole body; a server that trickles or sends without end is given up."""
        started, parts, size = time.monotonic(), [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > self.rules.largest_megabytes * 1_000_000:
                raise InputError(
                    _("The answer is larger than {number} MB.").format(
                        number=count(self.rules.largest_megabytes)
                    ),
                    file=url,
                    hint=_("Check the address, or largest_megabytes in params/portal.yml."),
                )
            if time.monotonic() - started > limit:
                raise _FaultError(self._too_slow())
        return b"".join(parts)

    def _too_slow(self) -> str:
        return _("no answer within {seconds} seconds").format(
            seconds=count(round(self.rules.timeout_seconds))
        )

    def _require_answer(self, status: int, url: str) -> None:
        if status in REFUSED:
            raise InputError(
                _("The portal refuses (HTTP {status}); nothing more is asked.").format(
                    status=status
                ),
                file=url,
                hint=_(
                    "Stop here and run the same command tomorrow: what has come so far is kept and"
                    " is not asked for again."
                ),
            )
        if status >= 500 or status == 408:
            raise _FaultError(f"HTTP {status}")
        if status not in _GOOD:
            raise InputError(
                _("The portal answers HTTP {status}, which is no answer.").format(status=status),
                file=url,
                hint=_("Check --base-url, or base_url in params/portal.yml."),
            )
