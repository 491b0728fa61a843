"""What leads a stack to the vendors' stand-ins, and back."""

from aam_local import fake_vendors
from aam_local.processes import Started
from aam_local.state import FakeVendors
from tests.support.template import written

DEFAULTS = {name: each.get("Default") for name, each in written()["Parameters"].items()}


def test_without_fakes_a_stack_gets_the_templates_own_defaults() -> None:
    back = fake_vendors.parameters(None)
    assert back == {name: DEFAULTS[name] for name in back}


def test_every_parameter_that_leads_to_the_fakes_is_led_back() -> None:
    fakes = FakeVendors(process=Started(pid=1, started=1), deepgram_port=1, openai_port=2)
    there = fake_vendors.parameters(fakes)
    assert there.keys() == fake_vendors.parameters(None).keys()
    assert not there.items() & fake_vendors.parameters(None).items()
