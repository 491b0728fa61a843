"""The API's routes, one module a subject."""

from calls import Endpoint
from routes import auth, clients, costs, meetings, reading, speech, system, uploads, vendor_replies

ENDPOINTS: tuple[Endpoint, ...] = tuple(
    endpoint
    for module in (system, auth, clients, meetings, uploads, reading, costs, speech, vendor_replies)
    for endpoint in module.endpoints.listed
)
