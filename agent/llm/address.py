"""Addresses of model servers: which are on this machine, and which may be asked."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import agent.llm
from agent.llm.errors import RequestForbidden
from agent.settings import without_credentials
from tools.errors import BadInput


def check_address(url: str, setting: str = "OPENAI_BASE_URL") -> None:
    """Check an address, given by a setting, before anything is sent to it.

    Raises:
        BadInput: It is not an http(s) address.
        RequestForbidden: It is outside this machine while ``agent.llm.ALLOW_MODEL_REQUESTS`` is False.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise BadInput(f"{setting} is not an address such as http://localhost:8000/v1")
    if not agent.llm.ALLOW_MODEL_REQUESTS and not is_loopback(url):
        raise RequestForbidden(f"requests to {without_credentials(url)} are switched off (ANSATZ_MODEL_REQUESTS)")


def is_loopback(url: str) -> bool:
    """True where the server runs on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
