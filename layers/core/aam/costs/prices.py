"""The vendors' prices, dated, from the reviewed file `aam/seeds/prices.toml`."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import ConfigDict, Field, TypeAdapter, model_validator

from aam.foundation.schemas import Value
from aam.vendor_limits.ports import Vendor

SEED = Path(__file__).resolve().parent.parent / "seeds" / "prices.toml"
SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")
"""The date that OpenAI appends to a model's name in its replies; a snapshot costs what its model does."""

MICRO = Decimal("0.000001")
"""Amounts are kept to a millionth of a dollar."""

MILLION = Decimal(1_000_000)
MS_PER_MINUTE = Decimal(60_000)


class Price(Value):
    """Price of a model from a day on, in US dollars: by the minute and channel, or by the million tokens."""

    model_config = ConfigDict(extra="forbid")

    vendor: Vendor
    model: str = Field(min_length=1)
    valid_from: date
    per_minute: Decimal | None = Field(default=None, gt=0)
    options: Mapping[str, Decimal] = Field(default_factory=dict)
    input: Decimal | None = Field(default=None, gt=0)
    cached_input: Decimal | None = Field(default=None, gt=0)
    output: Decimal | None = Field(default=None, gt=0)
    source: str = Field(pattern=r"^https://")
    read_on: date

    @model_validator(mode="after")
    def of_one_kind(self) -> Self:
        """Raise ValueError unless the price is of one kind: speech by the minute or text by the token, and whole."""
        by_token = [self.input, self.cached_input, self.output]
        if self.vendor is not Vendor.OPENAI and (self.per_minute is None or any(by_token)):
            raise ValueError("speech is paid by the minute")
        if self.vendor is Vendor.OPENAI and (self.per_minute is not None or None in by_token or self.options):
            raise ValueError("OpenAI is paid by input, cached_input and output")
        return self


class Charge(Value):
    """Charge for one vendor's model; ``usd`` None means that no price is known, which is not the same as nothing.

    ``partial``: some of it has no known price, and ``usd`` is the rest.  Without ``usd``, ``ceiling`` is what the same
    work costs with the dearest model of this vendor that has a price.
    """

    vendor: Vendor
    model: str
    usd: Decimal | None
    partial: bool = False
    ceiling: Decimal | None = None

    @property
    def complete(self) -> bool:
        """Return whether ``usd`` is the whole charge."""
        return self.usd is not None and not self.partial

    def at_ceiling(self) -> Charge:
        """Return the charge with its ceiling in place of an unknown price."""
        if self.usd is not None or self.ceiling is None:
            return self
        return self.model_copy(update={"usd": self.ceiling, "partial": True})


class Speech(Value):
    """Audio that is recognised: its length in milliseconds, how many channels by themselves, and paid options."""

    model: str
    duration_ms: int = Field(ge=0)
    channels: int = Field(default=1, ge=1)
    options: frozenset[str] = frozenset()
    vendor: Vendor = Vendor.DEEPGRAM


class Tokens(Value):
    """Tokens that went through a language model; the cached ones are among the input."""

    model: str
    input: int = Field(ge=0)
    cached: int = Field(default=0, ge=0)
    output: int = Field(ge=0)


@cache
def price_table() -> tuple[Price, ...]:
    """Return all prices of the seed."""
    rows = tomllib.loads(SEED.read_text(encoding="utf-8"), parse_float=Decimal)["price"]
    return TypeAdapter(tuple[Price, ...]).validate_python(rows)


def find_price(vendor: Vendor, model: str, *, on: date, table: Sequence[Price] | None = None) -> Price | None:
    """Return the price of a model on a day, or None; a dated snapshot without a price has that of its model."""
    prices = price_table() if table is None else table
    for name in (model, SNAPSHOT.sub("", model)):
        known = [price for price in prices if (price.vendor, price.model) == (vendor, name) and price.valid_from <= on]
        if known:
            return max(known, key=lambda price: price.valid_from)
    return None


def prices_of(vendor: Vendor, *, on: date, table: Sequence[Price] | None = None) -> tuple[Price, ...]:
    """Return a vendor's prices on a day, one a model."""
    prices = price_table() if table is None else table
    known = {price.model for price in prices if price.vendor is vendor and price.valid_from <= on}
    found = (find_price(vendor, model, on=on, table=prices) for model in sorted(known))
    return tuple(price for price in found if price is not None)


def price_of_speech(speech: Speech, *, on: date, table: Sequence[Price] | None = None) -> Charge:
    """Return the cost of recognition, by second and channel; an option without a price makes it unknown.

    Per second and without rounding up, per channel where channels are recognised apart:
    https://deepgram.com/pricing, https://github.com/orgs/deepgram/discussions/932.
    """
    price = find_price(speech.vendor, speech.model, on=on, table=table)
    usd = _speech_at(price, speech) if price is not None and speech.options <= price.options.keys() else None
    known = prices_of(speech.vendor, on=on, table=table) if usd is None else ()
    ceiling = max((_speech_at(other, speech) for other in known), default=None)
    return Charge(vendor=speech.vendor, model=speech.model, usd=usd, ceiling=ceiling)


def _speech_at(price: Price, speech: Speech) -> Decimal:
    """Return the cost at this price; an option that it does not name adds nothing."""
    rate = (price.per_minute or Decimal(0)) + sum(price.options.get(option, Decimal(0)) for option in speech.options)
    return (rate * speech.duration_ms * speech.channels / MS_PER_MINUTE).quantize(MICRO)


def price_of_tokens(tokens: Tokens, *, on: date, table: Sequence[Price] | None = None) -> Charge:
    """Return the cost of these tokens; reasoning tokens are among the output, as the vendor counts them."""
    price = find_price(Vendor.OPENAI, tokens.model, on=on, table=table)
    usd = _tokens_at(price, tokens) if price is not None else None
    known = prices_of(Vendor.OPENAI, on=on, table=table) if usd is None else ()
    ceiling = max((_tokens_at(other, tokens) for other in known), default=None)
    return Charge(vendor=Vendor.OPENAI, model=SNAPSHOT.sub("", tokens.model), usd=usd, ceiling=ceiling)


def _tokens_at(price: Price, tokens: Tokens) -> Decimal:
    zero = Decimal(0)
    fresh = max(0, tokens.input - tokens.cached)
    usd = (
        (price.input or zero) * fresh
        + (price.cached_input or zero) * tokens.cached
        + (price.output or zero) * tokens.output
    )
    return (usd / MILLION).quantize(MICRO)


def known_sum(charges: Sequence[Charge]) -> Decimal:
    """Return the sum of the charges with a price."""
    return sum((charge.usd for charge in charges if charge.usd is not None), Decimal(0))


def has_unknown(charges: Sequence[Charge]) -> bool:
    """Return whether any charge has no known price."""
    return any(not charge.complete for charge in charges)


def sums_by_model(charges: Iterable[Charge]) -> tuple[Charge, ...]:
    """Return one charge per model: the sum of the known prices, and whether it is complete."""
    by_model: dict[tuple[Vendor, str], list[Charge]] = defaultdict(list)
    for charge in charges:
        by_model[charge.vendor, charge.model].append(charge)
    return tuple(
        Charge(
            vendor=vendor,
            model=model,
            usd=known_sum(mine) if any(charge.usd is not None for charge in mine) else None,
            partial=has_unknown(mine),
        )
        for (vendor, model), mine in by_model.items()
    )
