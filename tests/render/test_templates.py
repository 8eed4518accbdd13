"""Templates as code: what each of them may call its own values."""

from __future__ import annotations

import pytest
from jinja2 import nodes

from bot.places import shipped
from bot.render import Renderer

TEMPLATES = sorted(path.name for path in shipped("templates").glob("*.j2"))


@pytest.fixture(scope="module")
def trees():
    """Every template, read."""
    environment = Renderer("en")._templates
    folder = shipped("templates")
    return {name: environment.parse((folder / name).read_text("utf-8")) for name in TEMPLATES}


def assigned(tree):
    """The names a template gives values of its own."""
    for node in tree.find_all((nodes.Assign, nodes.For, nodes.With)):
        targets = node.targets if isinstance(node, nodes.With) else [node.target]
        for target in targets:
            yield from (each.name for each in (target, *target.find_all(nodes.Name))
                        if isinstance(each, nodes.Name))  # fmt: skip


def called(trees, name):
    """The tools a template and the parts it includes call."""
    tree = trees[name]
    calls = (call.node for call in tree.find_all(nodes.Call))
    yield from (callee.name for callee in calls if isinstance(callee, nodes.Name))
    for include in tree.find_all(nodes.Include):
        yield from called(trees, include.template.value)


def test_no_template_hides_a_tool_from_the_parts_it_includes(trees):
    """A value called `days` would be what an included part calls to say how many days."""
    hidden = {
        name: both
        for name, tree in trees.items()
        for include in tree.find_all(nodes.Include)
        if (both := set(assigned(tree)) & set(called(trees, include.template.value)))
    }
    assert hidden == {}
