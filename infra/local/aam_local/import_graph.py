"""Import graph of our own code: the functions that a saved file reaches, and imports that cannot work."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "aam"


@dataclass(frozen=True)
class Fault:
    """A reason why a saved file cannot go live."""

    file: Path
    line: int
    said: str


@dataclass(frozen=True)
class Import:
    """One imported module, or one name of it.

    ``optional`` where a missing one is caught, ``late`` where it is imported only when a function runs.
    """

    module: str
    name: str | None
    line: int
    optional: bool = False
    late: bool = False


@dataclass(frozen=True)
class Module:
    """A parsed file: the names that others can import, None where it decides that at run time, and its imports."""

    file: Path
    names: frozenset[str] | None
    imports: tuple[Import, ...]


class Sources:
    """Modules of the core and of each function's folder, parsed anew only when their file changed."""

    def __init__(self, core: Path, functions: Mapping[str, Path]) -> None:
        self.core, self.functions = core, functions
        self._parsed: dict[Path, tuple[tuple[int, int], Module | Fault]] = {}

    def modules(self, folder: Path, prefix: str = "") -> dict[str, Module | Fault]:
        """Return what stands below a folder, by the name under which it is imported."""
        found = {}
        for file in sorted(folder.rglob("*.py")):
            if "__pycache__" not in file.parts:
                parts = [*prefix.split("."), *file.relative_to(folder).with_suffix("").parts]
                name = ".".join(part for part in parts if part and part != "__init__")
                found[name] = self._module(file, name)
        return found

    def faults(self, third_parties: frozenset[str]) -> list[Fault]:
        """Return every syntax error, and every import of a module or name that does not exist."""
        core = self.modules(self.core, PACKAGE)
        found = list(_faults(core, core, third_parties))
        for folder in self.functions.values():
            local = self.modules(folder)
            found += _faults(local, {**core, **local}, third_parties)
        return found

    def reached_by(self, files: set[Path]) -> set[str]:
        """Return the functions whose imports reach one of these files of the core.

        A file that nothing imports, such as a table of data or a migration, counts for the whole of its context, and
        where nothing imports that for all.
        """
        core = self.modules(self.core, PACKAGE)
        names = {module.file: name for name, module in core.items()}
        reach = {function: reachable(self.modules(folder), core) for function, folder in self.functions.items()}
        known = set().union(*reach.values())
        unknown = {file for file in files if names.get(file) not in known}
        contexts = {file.relative_to(self.core).parts[0] for file in unknown}
        found = {name for name, modules in reach.items() if any(names.get(file) in modules for file in files - unknown)}
        for context in contexts:
            users = {name for name, modules in reach.items() if any(_context(module) == context for module in modules)}
            found |= users or reach.keys()
        return found

    def _module(self, file: Path, name: str) -> Module | Fault:
        status = file.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._parsed.get(file)
        if known is None or known[0] != stamp:
            known = self._parsed[file] = (stamp, parse(file, name))
        return known[1]


def parse(file: Path, name: str) -> Module | Fault:
    """Parse a file that is imported as ``name``."""
    try:
        tree = ast.parse(file.read_bytes(), filename=str(file))
    except (SyntaxError, ValueError) as error:
        return Fault(file, getattr(error, "lineno", None) or 1, getattr(error, "msg", None) or str(error))
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    names = set(_defined(tree.body))
    anything = "*" in names or "__getattr__" in names
    return Module(file, None if anything else frozenset(names), tuple(_imports(tree, package)))


def reachable(local: Mapping[str, Module | Fault], core: Mapping[str, Module | Fault]) -> set[str]:
    """Return the modules of the core that a function's own modules import, at their top or later."""
    seen: set[str] = set()
    waiting = [each for module in local.values() if isinstance(module, Module) for each in module.imports]
    while waiting:
        wanted = waiting.pop()
        parts = (f"{wanted.module}.{wanted.name}" if wanted.name else wanted.module).split(".")
        for length in range(1, len(parts) + 1):
            name = ".".join(parts[:length])
            if name in core and name not in seen:
                seen.add(name)
                module = core[name]
                waiting += module.imports if isinstance(module, Module) else ()
    return seen


def _faults(
    modules: Mapping[str, Module | Fault], visible: Mapping[str, Module | Fault], third_parties: frozenset[str]
) -> Iterator[Fault]:
    ours = {name.partition(".")[0] for name in visible}
    known = third_parties | sys.stdlib_module_names
    for module in modules.values():
        if isinstance(module, Fault):
            yield module
            continue
        for wanted in module.imports:
            root = wanted.module.partition(".")[0]
            if wanted.optional or (root not in ours and (wanted.late or root in known)):
                continue
            target = visible.get(wanted.module)
            if target is None:
                yield Fault(module.file, wanted.line, f"there is no module '{wanted.module}'")
            elif wanted.name and f"{wanted.module}.{wanted.name}" not in visible and _lacks(target, wanted.name):
                yield Fault(module.file, wanted.line, f"'{wanted.module}' has no '{wanted.name}'")


def _context(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _lacks(module: Module | Fault, name: str) -> bool:
    return isinstance(module, Module) and module.names is not None and name not in module.names


def _imports(node: ast.AST, package: str, *, optional: bool = False, late: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, None, child.lineno, optional, late) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - child.level + 1] if child.level else []
            module = ".".join([*above, *([child.module] if child.module else [])])
            for alias in child.names:
                yield Import(module, None if alias.name == "*" else alias.name, child.lineno, optional, late)
        elif not (isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")):
            yield from _imports(
                child,
                package,
                optional=optional or isinstance(child, ast.Try),
                late=late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef),
            )


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that a module's own statements bind, whatever branch they stand in."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
        else:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
                elif isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
                    yield from _defined([node])
