"""The source of pepperchain as the house rules look at it: files, syntax trees, rooms and their furniture."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "pepperchain"
TEMPLATES = ROOT / "templates"

# The steps that hold no trade of their own: HTTP, files, the database, the doors. Their modules go by other names.
GROUND = {
    "core",
    "access",
    "audit",
    "web",
    "excel",
    "documents",
    "seeds",
    "cli",
    "app",
    "routes",
    "exportables",
    "erasables",
    "schedule",
    "api",
}

# The furniture of a room from bottom to top; a module of any other name is a noun, and holds verbs.
FURNITURE = {"rules": 0, "models": 1, "queries": 2, "noun": 3, "forms": 4, "pages": 5, "jobs": 5, "sheets": 5}

_SKIPPED_FOLDERS = {".git", ".venv", "__pycache__", "data", "dist", "build"}


@dataclass(frozen=True)
class Module:
    """One Python file of the package."""

    path: Path

    @property
    def name(self) -> str:
        """Its path inside the package, as offences name it: `harvest/weighins.py`."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def step(self) -> str:
        """The step of the staircase that it belongs to: the first name under `pepperchain`."""
        return self.path.relative_to(PACKAGE).parts[0].removesuffix(".py")

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts

    @property
    def in_room(self) -> bool:
        """Whether it is furniture of a room of the trade."""
        inside = self.path.parent != PACKAGE and self.step not in GROUND
        return inside and not self.is_migration and self.path.name != "__init__.py"

    @property
    def furniture(self) -> str:
        """Its kind: `rules`, …, `sheets`, or `noun`. `price_queries.py` is a `queries` too."""
        last = self.path.stem.rpartition("_")[2]
        return last if last in FURNITURE else "noun"

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> frozenset[str]:
        """Every module or name that it imports, in full: `pepperchain.core.db`, `starlette.requests.Request`."""
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
        return frozenset(found)

    def imports_any(self, *names: str) -> list[str]:
        """Those of the given modules that it imports, whole or in part."""
        return [
            name
            for name in names
            if any(found == name or found.startswith(f"{name}.") for found in self.imports)
        ]

    @cached_property
    def docstrings(self) -> frozenset[int]:
        """Where its docstrings stand, by node identity."""
        holders = [
            n
            for n in self.nodes
            if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        firsts = [n.body[0] for n in holders if n.body]
        return frozenset(id(first.value) for first in firsts if isinstance(first, ast.Expr))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function, methods and inner ones too."""
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def strings(self) -> Iterator[tuple[int, str]]:
        """Every string that is not a docstring, with its line; an f-string's pieces one by one."""
        for node in self.nodes:
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in self.docstrings
            ):
                yield node.lineno, node.value

    def calls(self) -> Iterator[tuple[ast.Call, str, str]]:
        """Every call with what it is called on (`""` where that is no plain name) and the name called."""
        for node in self.nodes:
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name):
                yield node, "", node.func.id
            elif isinstance(node.func, ast.Attribute):
                on = node.func.value
                yield node, on.id if isinstance(on, ast.Name) else "", node.func.attr

    def at(self, node: ast.AST, what: str) -> str:
        """An offence as a line that an editor can jump to."""
        return f"pepperchain/{self.name}:{getattr(node, 'lineno', 1)} {what}"


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the package."""
    return tuple(Module(path) for path in sorted(PACKAGE.rglob("*.py")) if "_assets" not in path.parts)


def furniture(*kinds: str) -> list[Module]:
    """The modules of the given kinds in the rooms of the trade."""
    return [module for module in modules() if module.in_room and module.furniture in kinds]


@cache
def templates() -> dict[str, str]:
    """Every page template by its name under `templates/`."""
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8")
        for path in sorted(TEMPLATES.rglob("*.html"))
    }


@cache
def committed() -> tuple[tuple[str, str], ...]:
    """Every text file that is or would be committed: its path and what it says."""
    listed = _git("--cached", "--others", "--exclude-standard")
    # An unpacked archive has no git to ask.
    paths = (
        [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        if listed is None
        else [Path(name) for name in listed]
    )
    found: list[tuple[str, str]] = []
    for path in sorted(set(paths)):
        if (ROOT / path).is_file() and not _SKIPPED_FOLDERS.intersection(path.parts):
            data = (ROOT / path).read_bytes()
            if b"\0" not in data[:8000]:
                found.append((path.as_posix(), data.decode("utf-8", errors="replace")))
    return tuple(found)


def committed_by_mistake() -> list[str]:
    """The folders and top files that hold something committed although `.gitignore` names it."""
    return sorted({name.split("/")[0] for name in _git("--cached", "--ignored", "--exclude-standard") or []})


def _git(*options: str) -> list[str] | None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [name for name in listed.stdout.split("\0") if name] if listed.returncode == 0 else None


def percentile(numbers: list[int], percent: int) -> int:
    """The smallest number that `percent` of them do not exceed; 0 of none."""
    ordered = sorted(numbers)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0


def offences(found: Iterable[str]) -> None:
    """Fails with every offence on a line of its own, file and line first."""
    listed = sorted(set(found))
    assert not listed, "\n" + "\n".join(listed)
