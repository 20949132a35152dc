"""What both converters share: lines of a dump (docs/operations/import-format.md) and names to sign in with."""

import json
import re
import sys


class Dump:
    """Writes the lines of a dump."""

    def __init__(self, source, out=sys.stdout):
        self.out = out
        self.write(type="header", format="cerulean-dump", version=1, source=source)

    def write(self, **fields):
        line = {name: value for name, value in fields.items() if value not in (None, "", {})}
        self.out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


class Names:
    """Makes names to sign in with: letters, digits and underscores, not only digits, each once."""

    def __init__(self):
        self.taken = set()

    def make(self, text):
        name = re.sub(r"[^A-Za-z0-9]", "_", text)[:56].strip("_")
        if len(name) < 2 or name.isdigit() or re.match(r"maxim|mta", name, re.IGNORECASE):
            name = "u_" + name
        fresh, number = name, 2
        while fresh.lower() in self.taken:
            fresh, number = f"{name}_{number}", number + 1
        self.taken.add(fresh.lower())
        return fresh


def shortened(text, most):
    """A text of at most so many characters."""
    return (text or "")[:most]


def tell(text):
    print(text, file=sys.stderr)
