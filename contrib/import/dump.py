"""What both converters share: lines of a dump (docs/operations/import-format.md) and names to sign in with."""

import json
import re
import shutil
import sys
import tempfile


class Unreadable(Exception):
    """Something that is to be converted is not there, or is not what it should be."""


def convert(source, work):
    """Writes the dump that `work` makes to standard output, whole or not at all, and answers the status to exit with."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as out:
        try:
            work(Dump(source, out))
        except Unreadable as error:
            tell(f"nothing was written: {error}")
            return 1
        out.flush()
        out.buffer.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(out.buffer, sys.stdout.buffer)
    return 0


def read_json(path):
    """What a file of JSON says."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise Unreadable(f"{path} is no JSON: {error}") from error


def field_of(path, value, name):
    """A field that an object of a file must have."""
    if not isinstance(value, dict) or name not in value:
        raise Unreadable(f"{path} is not what it should be: there is no \"{name}\"")
    return value[name]


class Dump:
    """Writes the lines of a dump."""

    def __init__(self, source, out):
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
