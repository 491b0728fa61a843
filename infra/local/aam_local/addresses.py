"""Address of a deployed API: an emulator serves it under its own port, AWS under its own name."""


def api_url(endpoint: str, outputs: dict[str, str]) -> str | None:
    """Return the API's address on an emulator at ``endpoint``; None when no API is deployed."""
    if "ApiId" not in outputs or "ApiUrl" not in outputs:
        return None
    stage = outputs["ApiUrl"].rstrip("/").rpartition("/")[2]
    return f"{endpoint}/_aws/execute-api/{outputs['ApiId']}/{stage}"
