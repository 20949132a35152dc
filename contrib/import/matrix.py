#!/usr/bin/env python3
"""Makes a dump for `cerulean import` from rooms that Element exported as JSON and a list of users from Synapse.

  matrix.py --source matrix:example.org --users users.json room1.json room2.json > dump.jsonl
  matrix.py --source matrix:example.org --users users.json --direct annaben.json team.json > dump.jsonl

  rooms     files of "Export chat", format JSON
  --users   the answer of GET /_synapse/admin/v2/users?limit=…; entries may carry the `password_hash` of Synapse's
            table `users` (bcrypt), with which people sign in as before
  --direct  rooms of two people who talk to each other; all others become groups
  --files   folder with the rooms' files, named by media id (mxc://server/<media id>), any ending; they come along
  --media   address before `server/media id` for files that stay where they are

Needs Python 3 and nothing else.
"""

import argparse
import glob
import os
import re
import sys

from dump import Names, Unreadable, convert, field_of, read_json, shortened, tell

CONTENT_TYPES = {"m.image": "image", "m.audio": "audio", "m.video": "video", "m.file": "file", "m.location": "location"}


class Converter:
    def __init__(self, arguments, dump):
        self.arguments = arguments
        self.dump = dump
        self.names = Names()
        self.users = set()
        self.left_out = {}

    def skip(self, reason):
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def user(self, user_id, entry=None):
        if user_id in self.users:
            return
        self.users.add(user_id)
        entry = entry or {}
        local_part = user_id.lstrip("@").split(":")[0]
        self.dump.write(
            type="user",
            id=user_id,
            username=self.names.make(local_part),
            nick_name=shortened(entry.get("displayname") or local_part, 64),
            avatar=self.media(entry.get("avatar_url")),
            password_hash=entry.get("password_hash"),
            frozen=True if entry.get("deactivated") else None,
            at=entry.get("creation_ts") or None,
        )

    def media(self, uri):
        """The address of a file that stays where it is."""
        if not uri or not uri.startswith("mxc://"):
            return uri
        return self.arguments.media.rstrip("/") + "/" + uri[len("mxc://"):] if self.arguments.media else None

    def beside(self, uri):
        """The path of a file that comes along, below the folder of the dump."""
        if not self.arguments.files or not uri or not uri.startswith("mxc://"):
            return None
        found = glob.glob(os.path.join(self.arguments.files, glob.escape(uri.rsplit("/", 1)[-1]) + "*"))
        return os.path.relpath(found[0], os.path.dirname(self.arguments.files.rstrip("/")) or ".") if found else None

    def room(self, path, is_direct):
        room = read_json(path)
        events = sorted(field_of(path, room, "messages"), key=lambda event: event.get("origin_server_ts", 0))
        if not events:
            return
        members = self.members(events)
        for member in members:
            self.user(member, {"displayname": members[member]["name"]})
        room_id = next((event["room_id"] for event in events if event.get("room_id")), "file:" + os.path.basename(path))
        if is_direct and len(members) == 2:
            pair = list(members)
            to = {pair[0]: {"to_user": pair[1]}, pair[1]: {"to_user": pair[0]}}
        else:
            if is_direct:
                tell(f"{path}: {len(members)} people, so it becomes a group")
            self.group(room, room_id, events, members)
            to = {member: {"to_group": room_id} for member in members}
        times = {}
        for event in events:
            self.event(event, to, times)

    def members(self, events):
        members = {}
        for event in events:
            content = event.get("content") or {}
            if event.get("type") == "m.room.member" and event.get("state_key"):
                if content.get("membership") != "join":
                    continue
                who, name = event["state_key"], content.get("displayname")
            else:
                who, name = event.get("sender"), None
            if who:
                member = members.setdefault(who, {"at": event.get("origin_server_ts", 0), "name": None})
                member["name"] = name or member["name"]
        return members

    def group(self, room, room_id, events, members):
        created = [event["sender"] for event in events if event.get("type") == "m.room.create"]
        owner = created[0] if created and created[0] in members else next(iter(members))
        self.dump.write(
            type="group",
            id=room_id,
            owner=owner,
            name=shortened(room.get("room_name"), 64),
            description=shortened(room.get("topic"), 4096),
            history_visible=True,
            at=events[0].get("origin_server_ts"),
        )
        for member, about in members.items():
            self.dump.write(type="member", group=room_id, user=member, at=about["at"])

    def event(self, event, to, times):
        kind, content = event.get("type"), event.get("content") or {}
        if not event.get("sender") or not event.get("event_id") or not event.get("origin_server_ts"):
            return self.skip("without sender, id or time")
        place = {"from": event["sender"], "at": event["origin_server_ts"], "id": event["event_id"], **to[event["sender"]]}
        if kind == "m.room.redaction":
            return self.redaction(event, place, times)
        if kind == "m.room.encrypted":
            return self.skip("encrypted, and the exporting device had no key")
        if kind not in ("m.room.message", "m.sticker"):
            return self.skip(f"of type {kind}")
        relation = content.get("m.relates_to") or {}
        if relation.get("rel_type") == "m.replace":
            return self.edit(relation.get("event_id"), content.get("m.new_content") or content, place, times)
        self.message(event, content, relation, place, times)

    def message(self, event, content, relation, place, times):
        times[place["id"]] = (place["at"], place["from"], shortened(content.get("body"), 100))
        if not content:
            # Redacted: what it said is gone from the export.
            self.dump.write(type="message", **place, recalled=True)
            by = (event.get("unsigned") or {}).get("redacted_because")
            if by and by.get("event_id"):
                place = {**place, "id": by["event_id"], "at": by.get("origin_server_ts", place["at"])}
                return self.recall(event["event_id"], place, times)
            return self.recall(event["event_id"], {**place, "id": "redacted:" + place["id"]}, times)
        content_type = CONTENT_TYPES.get(content.get("msgtype"), "image" if event["type"] == "m.sticker" else None)
        body, answered = content.get("body") or "", (relation.get("m.in_reply_to") or {}).get("event_id")
        if answered:
            # Older clients quote what they answer in lines that begin with "> ".
            body = re.sub(r"\A(?:> .*\n)+\n?", "", body)
        reply_to = None
        if answered in times:
            at, author, text = times[answered]
            reply_to = {"id": answered, "at": at, "from": author, "text": text}
        attachment, file = self.attachment(content, content_type)
        self.dump.write(
            type="message",
            **place,
            content_type=content_type,
            content="" if content_type else body,
            attachment=attachment,
            file=file,
            reply_to=reply_to,
        )

    def attachment(self, content, content_type):
        if content_type == "location":
            found = re.match(r"geo:(-?[\d.]+),(-?[\d.]+)", content.get("geo_uri") or "")
            place = {"lat": float(found[1]), "lon": float(found[2])} if found else {}
            return {**place, "addr": content.get("body") or ""}, None
        if not content_type:
            return None, None
        info = content.get("info") or {}
        uri = content.get("url") or (content.get("file") or {}).get("url")
        fields = {
            "dName": content.get("filename") or content.get("body") or "",
            "fLen": info.get("size"),
            "width": info.get("w"),
            "height": info.get("h"),
            "duration": info["duration"] // 1000 if isinstance(info.get("duration"), int) else None,
        }
        file = self.beside(uri)
        if not file:
            fields["url"] = self.media(uri) or uri
        return {name: value for name, value in fields.items() if value is not None}, file

    def edit(self, target, content, place, times):
        if target not in times:
            return self.skip("an edit of what is not in the export")
        message = {"id": target, "at": times[target][0]}
        self.dump.write(type="replace", **place, message=message, content=content.get("body") or "")

    def redaction(self, event, place, times):
        target = event.get("redacts") or (event.get("content") or {}).get("redacts")
        if target in times and not times[target][2] == RECALLED:
            self.recall(target, place, times)

    def recall(self, target, place, times):
        at, author, _ = times[target]
        times[target] = (at, author, RECALLED)
        self.dump.write(type="recall", **place, message={"id": target, "at": at})


RECALLED = object()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*")
    parser.add_argument("--source", required=True)
    parser.add_argument("--users")
    parser.add_argument("--direct", nargs="+", default=[])
    parser.add_argument("--files")
    parser.add_argument("--media", default="")
    arguments = parser.parse_args()
    return convert(arguments.source, lambda dump: convert_all(arguments, dump))


def convert_all(arguments, dump):
    converter = Converter(arguments, dump)
    if arguments.files and not os.path.isdir(arguments.files):
        raise Unreadable(f"there is no folder {arguments.files}")
    if arguments.users:
        for entry in field_of(arguments.users, read_json(arguments.users), "users"):
            converter.user(field_of(arguments.users, entry, "name"), entry)
    for path in arguments.direct:
        converter.room(path, True)
    for path in arguments.rooms:
        converter.room(path, False)
    for reason, count in sorted(converter.left_out.items()):
        tell(f"{count} events left out: {reason}")


if __name__ == "__main__":
    sys.exit(main())
