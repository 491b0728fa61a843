"""Charge for calls to a language model by the tokens that were reported."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from aam.artifacts.errors import ModelRequestRefused
from aam.artifacts.schemas import Interaction
from aam.costs.prices import Charge, Tokens, price_of_tokens
from aam.vendor_limits.ports import Vendor

MAYBE_WORKED_ON = frozenset({"model_timed_out", "model_unavailable"})
"""Codes of outcomes after which nobody knows whether the vendor worked for us, and so charged."""


def charge_of(call: Interaction, *, on: date) -> Charge:
    """Return the cost of one call by the tokens that the vendor reported.

    A call that the vendor refused costs nothing; one without a report, which may have been worked on, is unknown.
    """
    if call.input_tokens is not None and call.output_tokens is not None:
        cached = min(call.cached_tokens or 0, call.input_tokens)
        tokens = Tokens(model=call.model, input=call.input_tokens, cached=cached, output=call.output_tokens)
        return price_of_tokens(tokens, on=on)
    answered = call.response is not None and call.outcome != ModelRequestRefused.code
    refused = not answered and call.outcome not in MAYBE_WORKED_ON
    return Charge(vendor=Vendor.OPENAI, model=call.model, usd=Decimal(0) if refused else None)
