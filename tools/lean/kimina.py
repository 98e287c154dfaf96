"""A Kimina Lean server over HTTP (project-numina/kimina-lean-server): ``POST /api/check``, or the older ``/verify``.

Whatever goes wrong on the way is ``Missing``: Lean was not asked, and nothing is known about the proof.
"""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from math import ceil
from typing import TYPE_CHECKING

from tools.errors import Missing, Stopped
from tools.lean.reply import Reply, parse_kimina_reply

if TYPE_CHECKING:
    import httpx

_GRACE_S = 30.0
"""Time beyond Lean's own for the queue of the server and the way there and back."""
_ATTEMPTS = 4
_MAX_REPLY = 16 * 2**20
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_RETRIED = frozenset({429, 500, 502, 503, 504})


class KiminaServer:
    """A server the user has named.

    Redirections are not followed, so that neither the key nor the proof goes anywhere else.

    Args:
        url: Address as configured, http or https.
        key: Sent as bearer token; empty sends none.
        grace_s: Time beyond Lean's own for queue and transport, in seconds.
    """

    def __init__(self, url: str, key: str = "", grace_s: float = _GRACE_S) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._grace_s = grace_s

    @property
    def place(self) -> str:
        """The address without what may be secret in it."""
        import httpx

        try:
            url = httpx.URL(self._url)
        except httpx.InvalidURL:
            return "LEAN_SERVER_API_URL"
        return f"{url.scheme}://{url.host}" + (f":{url.port}" if url.port else "")

    def check(self, code: str, timeout_s: float, should_stop: Callable[[], bool]) -> Reply:
        """Have one file checked; over in ``timeout_s`` plus ``grace_s`` seconds whatever the server does.

        Raises:
            Missing: No answer, a refusal, or an answer that is not one of such a server.
            Stopped: The check was given up between two attempts.
        """
        import httpx

        try:
            url = httpx.URL(self._url)
        except httpx.InvalidURL as error:
            raise Missing(f"LEAN_SERVER_API_URL is not an address: {error}") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise Missing("LEAN_SERVER_API_URL must start with http:// or https:// and name a host")
        deadline = time.monotonic() + timeout_s + self._grace_s
        identifier = uuid.uuid4().hex
        seconds = ceil(timeout_s)
        new = {"snippets": [{"id": identifier, "code": code}], "timeout": seconds, "debug": False, "reuse": True}
        old = {"codes": [{"custom_id": identifier, "proof": code}], "timeout": seconds, "infotree_type": None}
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        # Proxies of the environment are not for this machine itself.
        with httpx.Client(headers=headers, follow_redirects=False, trust_env=url.host not in _LOOPBACK) as client:
            status, body = self._post(client, "/api/check", new, deadline, should_stop)
            if status in (404, 405):
                status, body = self._post(client, "/verify", old, deadline, should_stop)
        if status in (401, 403):
            raise Missing(f"the Lean server at {self.place} does not accept the key; set LEAN_SERVER_API_KEY")
        if status != 200:
            raise Missing(f"the Lean server at {self.place} answered with HTTP status {status}")
        try:
            return parse_kimina_reply(json.loads(body), identifier)
        except (ValueError, RecursionError) as error:
            raise Missing(f"what answers at {self.place} is not a Lean server: {error}") from error

    def _post(
        self,
        client: "httpx.Client",
        path: str,
        body: Mapping[str, object],
        deadline: float,
        should_stop: Callable[[], bool],
    ) -> tuple[int, bytes]:
        """Status and body; a busy or broken server is asked a few times."""
        for attempt in range(_ATTEMPTS):
            status, content, pause = self._post_once(client, path, body, deadline)
            pause = max(pause, 0.2 * 2**attempt)
            if status not in _RETRIED or attempt == _ATTEMPTS - 1 or time.monotonic() + pause > deadline:
                break
            if should_stop():
                raise Stopped("the Lean check was given up while the server was busy")
            time.sleep(pause)
        return status, content

    def _post_once(
        self, client: "httpx.Client", path: str, body: Mapping[str, object], deadline: float
    ) -> tuple[int, bytes, float]:
        import httpx

        content = bytearray()
        try:
            remaining = max(deadline - time.monotonic(), 0.1)
            with client.stream("POST", self._url + path, json=body, timeout=remaining) as response:
                for chunk in response.iter_bytes():
                    content += chunk
                    # httpx bounds the wait for each piece; a server that drips would never end without this.
                    if time.monotonic() > deadline or len(content) > _MAX_REPLY:
                        raise Missing(f"the Lean server at {self.place} did not come to an end with its answer")
                return response.status_code, bytes(content), _retry_after(response.headers.get("retry-after", ""))
        except httpx.TimeoutException as error:
            raise Missing(f"the Lean server at {self.place} did not answer in time") from error
        except httpx.HTTPError as error:
            raise Missing(f"the Lean server at {self.place} cannot be reached: {error}") from error


def _retry_after(value: str) -> float:
    """Seconds the server asks to wait; dates are not understood and count as nothing."""
    return float(value) if value.isdecimal() and len(value) < 6 else 0.0
