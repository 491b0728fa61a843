"""One GET to a server of the stack."""


def http_get(url: str, *, seconds: float) -> tuple[int, bytes] | None:
    """Return status and body of the answer, or None when nothing answers."""
    import urllib3

    try:
        with urllib3.PoolManager(timeout=seconds, retries=False) as pool:
            answer = pool.request("GET", url)
    except urllib3.exceptions.HTTPError:
        return None
    return answer.status, answer.data
