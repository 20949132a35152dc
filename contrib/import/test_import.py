"""python3 -m unittest discover -s contrib/import"""

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

import openim
from dump import Dump, Names

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "samples")


def bson(fields):
    """Writes what `read_bson` reads."""
    body = b"".join(element(name, value) for name, value in fields.items())
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def element(name, value):
    name = name.encode() + b"\0"
    if value is None:
        return b"\x0a" + name
    if isinstance(value, bool):
        return b"\x08" + name + bytes([value])
    if isinstance(value, int):
        return b"\x12" + name + struct.pack("<q", value)
    if isinstance(value, float):
        return b"\x01" + name + struct.pack("<d", value)
    if isinstance(value, str):
        text = value.encode()
        return b"\x02" + name + struct.pack("<i", len(text) + 1) + text + b"\0"
    if isinstance(value, list):
        return b"\x04" + name + bson({str(place): entry for place, entry in enumerate(value)})
    return b"\x03" + name + bson(value)


def converted(folder):
    out = io.StringIO()
    openim.Converter(folder, Dump("openim", out)).run()
    return out.getvalue()


class OpenIm(unittest.TestCase):
    def test_bson_and_json_are_the_same(self):
        printed = os.path.join(SAMPLES, "openim")
        with tempfile.TemporaryDirectory() as dumped:
            for name in os.listdir(printed):
                with open(os.path.join(printed, name), encoding="utf-8") as file:
                    documents = [openim.plain(json.loads(line)) for line in file]
                with open(os.path.join(dumped, name.replace(".json", ".bson")), "wb") as file:
                    file.write(b"".join(bson(document) for document in documents))
            self.assertEqual(converted(dumped), converted(printed))

    def test_every_kind_of_bson_is_passed(self):
        others = (
            b"\x05b\0" + struct.pack("<i", 2) + b"\0ab"
            + b"\x07i\0" + bytes(12)
            + b"\x09d\0" + struct.pack("<q", 5)
            + b"\x0br\0a\0b\0"
            + b"\x10n\0" + struct.pack("<i", -7)
            + b"\x11t\0" + bytes(8)
            + b"\x13c\0" + bytes(16)
            + b"\x0az\0"
            + b"\x02s\0" + struct.pack("<i", 3) + b"ok\0"
        )
        fields = openim.read_bson(struct.pack("<i", len(others) + 5) + others + b"\0")
        self.assertEqual((fields["d"], fields["n"], fields["s"], fields["z"]), (5, -7, "ok", None))


class UnreadableInput(unittest.TestCase):
    def refused(self, script, *arguments):
        """What a converter says of what it cannot read."""
        path = os.path.join(os.path.dirname(SAMPLES), script)
        command = [sys.executable, "-B", path, "--source", "x", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        last = done.stderr.strip().splitlines()[-1]
        self.assertTrue(last.startswith("nothing was written: "), done.stderr)
        return last

    def test_missing_folders_and_files_are_told(self):
        with tempfile.TemporaryDirectory() as folder:
            missing = os.path.join(folder, "missing")
            self.assertIn("there is no folder", self.refused("openim.py", missing))
            self.assertIn("none of the collections", self.refused("openim.py", folder))
            self.assertIn("missing", self.refused("matrix.py", missing))
            self.assertIn("missing", self.refused("matrix.py", "--users", missing))
            self.assertIn("there is no folder", self.refused("matrix.py", "--files", missing))

    def test_damaged_files_are_told(self):
        with tempfile.TemporaryDirectory() as folder:
            def put(name, content):
                path = os.path.join(folder, name)
                with open(path, "wb") as file:
                    file.write(content)
                return path

            whole = bson({"user_id": "a"})
            put("user.bson", whole + whole[:-3])
            self.assertIn("damaged", self.refused("openim.py", folder))
            put("user.bson", bson({"name": "a"}))
            self.assertIn("user_id", self.refused("openim.py", folder))
            self.assertIn("no JSON", self.refused("matrix.py", put("room.json", b"{")))
            self.assertIn("messages", self.refused("matrix.py", put("room.json", b"[]")))
            self.assertIn("name", self.refused("matrix.py", "--users", put("users.json", b'{"users":[{}]}')))


class NamesToSignInWith(unittest.TestCase):
    def test_names_are_well_formed_and_differ(self):
        names = Names()
        made = [names.make(text) for text in ("anna.k", "Anna_K", "007", "x", "maxim", "安娜")]
        self.assertEqual(made, ["anna_k", "Anna_K_2", "u_007", "u_x", "u_maxim", "u_"])


if __name__ == "__main__":
    unittest.main()
