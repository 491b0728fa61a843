"""Tell public addresses from private ones."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

PRIVATE_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def reachable_from_outside(endpoint: str) -> bool:
    """Return whether an endpoint's name or address is public; an empty endpoint is AWS itself, which is.

    Names are judged as they are written and not looked up: one that stands for a private address passes.
    """
    if not endpoint:
        return True
    host = (urlsplit(endpoint).hostname or "").rstrip(".")
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(PRIVATE_ENDINGS)
