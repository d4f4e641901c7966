"""Whether an expression can hold somebody else's text."""

import ast
import re
from pathlib import Path

from tests.helpers.shown_text.bindings import (
    UNKNOWN,
    Scope,
    arguments,
    bindings_of,
    calls_of,
    functions_within,
    own_nodes,
    parameters,
)
from tests.helpers.shown_text.modules import (
    Function,
    Module,
    dotted,
    is_number,
    load,
    numeric_attributes,
)

DATE_PARTS = {"day", "month", "year", "hour", "minute"}
MAKES_NUMBERS = {"len", "int", "float", "round", "sum", "abs", "range", "bool", "divmod"}
SAFE = {"plain", "plain_line", "plain_lines", "code"}
PASSES = {"str", "list", "tuple", "dict", "set", "sorted", "reversed", "enumerate", "zip", "min"}
PASSES |= {"max", "iter", "next", "cast"}
METHODS = {"join", "replace", "strip", "lstrip", "rstrip", "lower", "upper", "capitalize", "items"}
METHODS |= {"values", "keys", "get", "format", "split", "removesuffix", "removeprefix", "pop"}
METHODS |= {"from_dict"}
_NUMBER_SPEC = re.compile(r"[,%defgn]")


class Judge:
    """Says whether an expression is harmless."""

    def __init__(self, sources: list[Path]) -> None:
        self.modules = [module for path in sources if (module := load(dotted(path)))]
        self.busy: set[tuple[int, int, str]] = set()
        self.calls = self._calls()

    def _calls(self) -> dict[int, list[tuple[ast.Call, Scope]]]:
        """Function → where it is called, also as `st.fragment(function)(…)`."""
        found: dict[int, list[tuple[ast.Call, Scope]]] = {}
        for module in self.modules:
            for call, scope in calls_of(module):
                named = [call.func]
                if isinstance(call.func, ast.Call):
                    named += call.func.args
                for one in named:
                    if (target := self.function(one, scope)) is not None:
                        found.setdefault(id(target[0]), []).append((call, scope))
        return found

    def function(self, node: ast.expr, scope: Scope) -> tuple[Function, Module] | None:
        """The project's function that a name stands for."""
        if isinstance(node, ast.Name):
            if (inner := functions_within(scope.module.tree).get(node.id)) is not None:
                return inner, scope.module
            home, name = scope.module.imports.get(node.id, ("", None))
            module = load(home) if name else None
            if module and name in module.functions:
                return module.functions[name], module
            if module and name in module.imports:
                return self.function(ast.Name(name), Scope(module))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = self.module(node.value.id, scope)
            if module and node.attr in module.functions:
                return module.functions[node.attr], module
            if module and node.attr in module.imports:
                return self.function(ast.Name(node.attr), Scope(module))
        return None

    def module(self, name: str, scope: Scope) -> Module | None:
        home, part = scope.module.imports.get(name, ("", None))
        return load(f"{home}.{part}" if part else home)

    def harmless(self, node: ast.expr | None, scope: Scope) -> bool:
        """Nothing in it can be somebody else's text."""
        match node:
            case (
                None
                | ast.Constant()
                | ast.Compare()
                | ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(_))]))
            ) if not isinstance(node, ast.FormattedValue) or _NUMBER_SPEC.search(
                ast.unparse(node.format_spec)[2:]
            ):
                return True
            case ast.FormattedValue():
                return node.conversion == -1 and self.harmless(node.value, scope)
            case ast.JoinedStr() | ast.BoolOp():
                return all(self.harmless(part, scope) for part in node.values)
            case ast.IfExp():
                return self.harmless(node.body, scope) and self.harmless(node.orelse, scope)
            case ast.BinOp():
                return self.harmless(node.left, scope) and self.harmless(node.right, scope)
            case ast.UnaryOp():
                return True
            case ast.List() | ast.Tuple() | ast.Set():
                return all(self.harmless(part, scope) for part in node.elts)
            case ast.Dict():
                parts = [*(key for key in node.keys if key), *node.values]
                return all(self.harmless(part, scope) for part in parts)
            case ast.DictComp():
                return self.harmless(node.key, scope) and self.harmless(node.value, scope)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self.harmless(node.elt, scope)
            case ast.Starred() | ast.NamedExpr() | ast.Subscript():
                return self.harmless(node.value, scope)
            case ast.Lambda():
                return self.harmless(node.body, scope)
            case ast.Name():
                return self._name(node.id, scope)
            case ast.Attribute():
                return self._attribute(node, scope)
            case ast.Call():
                return self._call(node, scope)
        return False

    def chosen(self, call: ast.Call, shows: ast.expr, scope: Scope) -> bool:
        """Whether `format_func` is harmless for the options that the call offers."""
        given = {one.arg: one.value for one in call.keywords}
        options = given.get("options", call.args[1] if len(call.args) > 1 else None)
        safe = options is not None and self.harmless(options, scope)
        if isinstance(shows, ast.Lambda):
            known = {one.arg: safe for one in shows.args.args}
            return self.harmless(shows.body, Scope(scope.module, scope.function, known))
        if (found := self.function(shows, scope)) is not None:
            fake = ast.Call(shows, [ast.Constant(0) if safe else UNKNOWN], [])
            return self._result(*found, fake, scope)
        return self.harmless(shows, scope)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> bool:
        if isinstance(node.value, ast.Name) and (module := self.module(node.value.id, scope)):
            return self._name(node.attr, Scope(module))
        return node.attr in numeric_attributes() | DATE_PARTS or self.harmless(node.value, scope)

    def _call(self, node: ast.Call, scope: Scope) -> bool:
        args = [*node.args, *(one.value for one in node.keywords)]
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in SAFE or name in MAKES_NUMBERS:
            return True
        if name in PASSES:
            return all(self.harmless(part, scope) for part in args)
        if (target := self.function(node.func, scope)) is not None:
            return self._result(*target, node, scope)
        if name[:1].isupper():  # an object of literals
            return all(self.harmless(part, scope) for part in args)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            looked_up = 1 if node.func.attr in ("get", "pop") else 0  # a key is not shown
            return all(self.harmless(part, scope) for part in [node.func.value, *args[looked_up:]])
        return False

    def _result(self, function: Function, module: Module, call: ast.Call, scope: Scope) -> bool:
        known = {
            name: self.harmless(value, scope) for name, value in arguments(function, call).items()
        }
        key = (id(function), hash(frozenset(known.items())), "result")
        if key in self.busy:
            return True
        self.busy.add(key)
        inside = Scope(module, function, known)
        nodes = list(own_nodes(function))
        values = [
            one.value for one in nodes if isinstance(one, ast.Return | ast.Yield | ast.YieldFrom)
        ]
        found = is_number(function.returns) or (
            bool(values) and all(self.harmless(value, inside) for value in values)
        )
        self.busy.discard(key)
        return found

    def _name(self, name: str, scope: Scope) -> bool:
        if name in scope.known:
            return scope.known[name]
        if scope.function is not None:
            if isinstance(scope.function, Function) and name in parameters(scope.function):
                return self._parameter(name, scope)
            values = bindings_of(scope.function, name)
            if values:
                return self._values(name, values, scope)
        if name in scope.module.constants:
            return self._values(name, scope.module.constants[name], Scope(scope.module))
        if scope.function is None and (values := bindings_of(scope.module.tree, name)):
            return self._values(name, values, scope)
        if self.function(ast.Name(name), scope) is not None:
            return True  # a function is no text
        home, part = scope.module.imports.get(name, ("", None))
        if home and home.split(".")[0] not in ("workbench", "storage", "pages"):
            return True  # a library is no text
        module = load(home) if part else None
        return bool(module and part and self._name(part, Scope(module)))

    def _values(self, name: str, values: list[ast.expr], scope: Scope) -> bool:
        key = (id(scope.function or scope.module), hash(frozenset(scope.known.items())), name)
        if key in self.busy:
            return True
        self.busy.add(key)
        found = all(self.harmless(value, scope) for value in values)
        self.busy.discard(key)
        return found

    def _parameter(self, name: str, scope: Scope) -> bool:
        """A parameter: what every caller gives."""
        function = scope.function
        assert isinstance(function, Function)
        if is_number(parameters(function)[name]):
            return True
        calls = self.calls.get(id(function), [])
        key = (id(function), 0, f"parameter {name}")
        if key in self.busy:
            return True
        self.busy.add(key)
        found = bool(calls) and all(
            self.harmless(arguments(function, call).get(name, UNKNOWN), where)
            for call, where in calls
        )
        self.busy.discard(key)
        return found and all(self.harmless(value, scope) for value in bindings_of(function, name))
