"""Secrets of the stack that a person or a kept backup may set, so that neither a kill nor a redeploy loses them."""

from aam_local.target import Target, answering


def read_value(target: Target, output: str) -> str:
    """Return the text of the secret whose ARN stands in an output; raises UserError."""
    arn, manager = target.output(output), target.client("secretsmanager")
    with answering(target):
        return str(manager.get_secret_value(SecretId=arn)["SecretString"])


def write_value(target: Target, output: str, text: str) -> None:
    """Set it, in the stack and in what the next deploy gives to a new one; raises UserError."""
    arn, manager = target.output(output), target.client("secretsmanager")
    with answering(target):
        manager.put_secret_value(SecretId=arn, SecretString=text)
    target.remember_secret(output, text)
