"""Write what comes of infra/retention.yaml, the package's policy and the buckets' lifecycles: `make policy`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from aam.retention.policy import FILE, Policy, backup_lifecycle_rules, lifecycle_rules

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "infra" / "retention.yaml"
TEMPLATE = ROOT / "template.yaml"
BUCKETS = (lifecycle_rules, backup_lifecycle_rules)
"""What writes each bucket's rules, in the order in which the buckets stand in the template."""

BLOCK = re.compile(
    r"(?<=\n        # from infra/retention\.yaml, by `make policy`\n)(?:          .*\n|        Rules:\n)+"
)


def as_json() -> str:
    """Return the policy as the package holds it; raises pydantic's ValidationError when it makes no sense."""
    policy = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    Policy.model_validate(policy)
    return json.dumps(policy, indent=2) + "\n"


def as_rules(rules: list[dict[str, Any]]) -> str:
    """Return a lifecycle's rules as lines of the template."""
    return "        Rules:\n" + "".join(lines for rule in rules for lines in entry(rule))


def entry(rule: dict[str, Any]) -> list[str]:
    """Return one rule, in the template's way of writing."""
    made = []
    for number, (key, value) in enumerate(rule.items()):
        lead = "          - " if number == 0 else "            "
        if isinstance(value, list):
            made.append(f"{lead}{key}:\n")
            made += [f"              - {flow(step)}\n" for step in value]
        else:
            made.append(f"{lead}{key}: {flow(value)}\n")
    return made


def flow(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def template_with_rules() -> str:
    """Return the template with its lifecycles written anew."""
    text = TEMPLATE.read_text(encoding="utf-8")
    policy = Policy.model_validate_json(as_json())
    waiting = [as_rules(rules_of(policy)) for rules_of in BUCKETS]
    if len(BLOCK.findall(text)) != len(waiting):
        raise SystemExit("template.yaml: a block below '# from infra/retention.yaml' is missing or one too many.")
    return BLOCK.sub(lambda _found: waiting.pop(0), text)


if __name__ == "__main__":
    FILE.write_text(as_json(), encoding="utf-8")
    TEMPLATE.write_text(template_with_rules(), encoding="utf-8")
    sys.stdout.write("Wrote the policy into the package and into template.yaml.\n")
