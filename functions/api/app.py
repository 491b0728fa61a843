"""Woken by API Gateway: the HTTP API."""

from application import build
from routes import ENDPOINTS

app = build(ENDPOINTS)
