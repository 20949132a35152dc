#!/usr/bin/env python3
"""Makes a dump for `cerulean import` from the MongoDB of an OpenIM server (version 3).

  mongodump --db openim_v3 --out backup
  openim.py --source openim:example backup/openim_v3 > dump.jsonl

Reads the collections user, friend, black, group, group_member and msg: as mongodump writes them (`user.bson`), or as
bsondump prints them (`user.json`, one document per line). Passwords are in OpenIM's chat server and do not come along;
people sign in after a reset. Needs Python 3 and nothing else.
"""

import argparse
import datetime
import json
import os
import re
import struct
import sys

from dump import Names, Unreadable, convert, shortened, tell

TEXT, PICTURE, VOICE, VIDEO, FILE, AT_TEXT, MERGER, CARD, LOCATION, CUSTOM, QUOTE = (
    101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 114)
SINGLE, GROUPS = 1, (2, 3)
OWNER, ADMIN = 100, 60
ROLES = {OWNER: "owner", ADMIN: "admin"}
# The collections, and what their documents are nothing without.
NEEDED = {
    "user": ("user_id",),
    "friend": ("owner_user_id", "friend_user_id"),
    "black": ("owner_user_id", "block_user_id"),
    "group": ("group_id",),
    "group_member": ("group_id", "user_id"),
    "msg": (),
}


def read_bson(data):
    """One document of BSON as a dict; what a dump has no use for is left out."""
    return _document(data, 0)[0]


def _document(data, start):
    (length,) = struct.unpack_from("<i", data, start)
    at, end, fields = start + 4, start + length - 1, {}
    while at < end:
        kind = data[at]
        stop = data.index(0, at + 1)
        name = data[at + 1:stop].decode()
        value, at = _value(kind, data, stop + 1)
        fields[name] = value
    return fields, start + length


def _value(kind, data, at):
    if kind == 0x01:
        return struct.unpack_from("<d", data, at)[0], at + 8
    if kind in (0x02, 0x0D, 0x0E):
        (length,) = struct.unpack_from("<i", data, at)
        return data[at + 4:at + 3 + length].decode("utf-8", "replace"), at + 4 + length
    if kind == 0x03:
        return _document(data, at)
    if kind == 0x04:
        fields, after = _document(data, at)
        return list(fields.values()), after
    if kind == 0x05:
        (length,) = struct.unpack_from("<i", data, at)
        return None, at + 5 + length
    if kind in (0x06, 0x0A, 0x7F, 0xFF):
        return None, at
    if kind == 0x07:
        return data[at:at + 12].hex(), at + 12
    if kind == 0x08:
        return data[at] == 1, at + 1
    if kind in (0x09, 0x12):
        return struct.unpack_from("<q", data, at)[0], at + 8
    if kind == 0x0B:
        return None, data.index(0, data.index(0, at) + 1) + 1
    if kind == 0x10:
        return struct.unpack_from("<i", data, at)[0], at + 4
    if kind == 0x11:
        return struct.unpack_from("<Q", data, at)[0], at + 8
    if kind == 0x13:
        return None, at + 16
    raise ValueError(f"BSON of kind {kind:#x} is unknown")


def plain(value):
    """Extended JSON, as bsondump prints it, as the values that `read_bson` gives."""
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), = value.items()
        if key in ("$numberLong", "$numberInt"):
            return int(inner)
        if key == "$numberDouble":
            return float(inner)
        if key == "$oid":
            return inner
        if key == "$date":
            inner = plain(inner)
            return inner if isinstance(inner, int) else milliseconds(inner)
    return {key: plain(inner) for key, inner in value.items()}


def milliseconds(text):
    # Python before 3.11 does not read "Z" and wants three or six digits after the point.
    text = re.sub(r"\.(\d{1,6})\d*", lambda found: "." + found[1].ljust(6, "0"), text.replace("Z", "+00:00"))
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def documents(folder, collection):
    """The documents of a collection, one after the other, each known to have the fields it is nothing without."""
    for document in whole_documents(folder, collection):
        for name in NEEDED[collection]:
            if not isinstance(document, dict) or document.get(name) is None:
                raise Unreadable(f"a document of {collection} in {folder} has no \"{name}\"")
        yield document


def whole_documents(folder, collection):
    path = os.path.join(folder, collection + ".bson")
    if os.path.exists(path):
        with open(path, "rb") as file:
            try:
                while head := file.read(4):
                    (length,) = struct.unpack("<i", head)
                    rest = file.read(length - 4)
                    if len(rest) < length - 4:
                        raise ValueError("it ends in the middle of a document")
                    yield read_bson(head + rest)
            except (struct.error, ValueError, IndexError) as error:
                raise Unreadable(f"{path} is damaged: {error}") from error
        return
    path = os.path.join(folder, collection + ".json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            try:
                for line in file:
                    if line.strip():
                        yield plain(json.loads(line))
            except ValueError as error:
                raise Unreadable(f"{path} is no JSON, one document per line: {error}") from error
        return
    tell(f"there is no {collection}.bson or {collection}.json in {folder}")


def moment(value):
    """Times from before 1970 stand for none."""
    return value if isinstance(value, int) and value > 0 else None


class Converter:
    def __init__(self, folder, dump):
        self.folder = folder
        self.dump = dump
        self.names = Names()
        self.left_out = {}

    def skip(self, reason):
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def run(self):
        for user in documents(self.folder, "user"):
            self.dump.write(
                type="user",
                id=user["user_id"],
                username=self.names.make(user["user_id"]),
                nick_name=shortened(user.get("nickname"), 64),
                avatar=user.get("face_url"),
                public_info=shortened(user.get("ex"), 4096),
                at=moment(user.get("create_time")),
            )
        for friend in documents(self.folder, "friend"):
            self.dump.write(
                type="friendship",
                user=friend["owner_user_id"],
                peer=friend["friend_user_id"],
                alias=shortened(friend.get("remark"), 64),
                ext=shortened(friend.get("ex"), 4096),
                at=moment(friend.get("create_time")),
            )
        for block in documents(self.folder, "black"):
            at = moment(block.get("create_time"))
            self.dump.write(type="block", user=block["owner_user_id"], peer=block["block_user_id"], at=at)
        self.groups()
        for document in documents(self.folder, "msg"):
            for entry in document.get("msgs") or []:
                if entry and entry.get("msg"):
                    self.message(entry["msg"], entry.get("revoke"))

    def groups(self):
        members = list(documents(self.folder, "group_member"))
        owners = {member["group_id"]: member["user_id"] for member in members if member.get("role_level") == OWNER}
        known = set()
        for group in documents(self.folder, "group"):
            if group.get("status") == 2:
                self.skip("a group that was dismissed")
                continue
            known.add(group["group_id"])
            self.dump.write(
                type="group",
                id=group["group_id"],
                owner=owners.get(group["group_id"]) or group.get("creator_user_id"),
                name=shortened(group.get("group_name"), 64),
                avatar=group.get("face_url"),
                description=shortened(group.get("introduction"), 4096),
                ext=shortened(group.get("ex"), 4096),
                history_visible=True,
                at=moment(group.get("create_time")),
            )
            if group.get("notification"):
                self.dump.write(
                    type="announcement",
                    id="notification",
                    group=group["group_id"],
                    **{"from": group.get("notification_user_id") or group.get("creator_user_id")},
                    title=shortened(group["notification"], 64),
                    content=shortened(group["notification"], 4096),
                    at=moment(group.get("notification_update_time")),
                )
        for member in members:
            if member["group_id"] in known:
                self.dump.write(
                    type="member",
                    group=member["group_id"],
                    user=member["user_id"],
                    role=ROLES.get(member.get("role_level")),
                    display_name=shortened(member.get("nickname"), 64),
                    ban_until=moment(member.get("mute_end_time")),
                    at=moment(member.get("join_time")),
                )

    def message(self, message, revoke):
        to = {"to_group": message["group_id"]} if message.get("session_type") in GROUPS else {"to_user": message["recv_id"]}
        if message.get("session_type") not in (SINGLE, *GROUPS):
            return self.skip("a notice of the system")
        name = message.get("server_msg_id") or message["client_msg_id"]
        place = {"id": message["client_msg_id"] or name, "from": message["send_id"], "at": message["send_time"], **to}
        if revoke:
            self.dump.write(type="message", **place, recalled=True)
            target = {"id": place["id"], "at": place["at"]}
            by = {**place, "id": "revoke:" + place["id"], "at": moment(revoke.get("time")) or place["at"]}
            return self.dump.write(type="recall", **{**by, "from": revoke.get("user_id") or by["from"]}, message=target)
        try:
            content = json.loads(message.get("content") or "{}")
        except ValueError:
            content = {"content": message["content"]}
        made = self.body(message.get("content_type"), content if isinstance(content, dict) else {})
        if made is None:
            return self.skip(f"content type {message.get('content_type')}")
        self.dump.write(type="message", **place, **made)

    def body(self, content_type, content):
        if content_type == TEXT:
            return {"content": content.get("content") or ""}
        if content_type == AT_TEXT:
            return {"content": content.get("text") or ""}
        if content_type == QUOTE:
            quoted = content.get("quoteMessage") or {}
            reply = None
            if quoted.get("clientMsgID") and quoted.get("sendTime"):
                text = (quoted.get("textElem") or {}).get("content") or ""
                reply = {"id": quoted["clientMsgID"], "at": quoted["sendTime"], "from": quoted.get("sendID"), "text": text[:100]}
            return {"content": content.get("text") or "", "reply_to": reply}
        if content_type == PICTURE:
            picture = content.get("sourcePicture") or content.get("bigPicture") or {}
            attachment = {"url": picture.get("url"), "width": picture.get("width"), "height": picture.get("height"), "fLen": picture.get("size")}
            return {"content_type": "image", "attachment": known(attachment)}
        if content_type == VOICE:
            attachment = {"url": content.get("sourceUrl"), "duration": content.get("duration"), "fLen": content.get("dataSize")}
            return {"content_type": "audio", "attachment": known(attachment)}
        if content_type == VIDEO:
            attachment = {"url": content.get("videoUrl"), "duration": content.get("duration"), "fLen": content.get("videoSize")}
            return {"content_type": "video", "attachment": known(attachment)}
        if content_type == FILE:
            attachment = {"url": content.get("sourceUrl"), "dName": content.get("fileName"), "fLen": content.get("fileSize")}
            return {"content_type": "file", "attachment": known(attachment)}
        if content_type == LOCATION:
            attachment = {"lat": content.get("latitude"), "lon": content.get("longitude"), "addr": content.get("description")}
            return {"content_type": "location", "attachment": known(attachment)}
        if content_type in (CUSTOM, CARD, MERGER):
            return {"content": content.get("description") or content.get("title") or "", "ext": {"openim": content}}
        return None


def known(fields):
    return {name: value for name, value in fields.items() if value not in (None, "")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--source", required=True)
    arguments = parser.parse_args()
    return convert(arguments.source, lambda dump: convert_all(arguments.folder, dump))


def convert_all(folder, dump):
    if not os.path.isdir(folder):
        raise Unreadable(f"there is no folder {folder}")
    there = os.listdir(folder)
    if not any(name + ending in there for name in NEEDED for ending in (".bson", ".json")):
        raise Unreadable(f"{folder} has none of the collections {', '.join(NEEDED)}")
    converter = Converter(folder, dump)
    converter.run()
    for reason, count in sorted(converter.left_out.items()):
        tell(f"{count} left out: {reason}")


if __name__ == "__main__":
    sys.exit(main())
