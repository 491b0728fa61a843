"""The template names exactly the API's routes: Chalice answers 405 to anything that comes by a proxy."""

from tests.support import template
from tests.support.api import load_app


def declared() -> dict[str, set[str]]:
    """Return the methods of each path in the template."""
    paths = template.written()["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"]
    return {path: {method.upper() for method in methods} for path, methods in paths.items()}


def test_the_template_names_each_route() -> None:
    assert declared() == {path: set(methods) for path, methods in load_app().app.routes.items()}


def test_each_path_answers_options() -> None:
    assert [path for path, methods in declared().items() if "OPTIONS" not in methods] == []


def test_the_gateway_may_call_the_function_for_each_of_them_and_nothing_else_may() -> None:
    allowed = [
        (name, permission["Properties"]["Principal"], permission["Properties"]["SourceArn"]["Fn::Sub"].split(":")[-1])
        for name, permission in template.expanded()["Resources"].items()
        if permission["Type"] == "AWS::Lambda::Permission"
        and "{'Ref': 'ApiFunction'}" in str(permission["Properties"]["FunctionName"])
    ]
    assert allowed == [("ApiPermission", "apigateway.amazonaws.com", "${Api}/*/*/*")]
