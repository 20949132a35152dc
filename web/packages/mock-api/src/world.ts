import type { Attachment, Conversation, Group, GroupMember, LinkPreview, Message, Profile, RosterItem } from "@cerulean/sdk";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const myId = 1001;

/** The made-up world behind the mock client. Everything in it is plain data and may be changed by a test. */
export interface World {
  me: Profile;
  people: RosterItem[];
  groups: Group[];
  members: Map<number, GroupMember[]>;
  conversations: Conversation[];
  /** All messages, ascending; the client "loads" them page by page. */
  history: Map<number, Message[]>;
  /** What pages say of themselves. */
  links: Map<string, LinkPreview>;
}

export function makePerson(userId: number, username: string, patch: Partial<RosterItem> = {}): RosterItem {
  return {
    userId,
    username,
    nickName: "",
    alias: "",
    avatar: "",
    description: "",
    publicInfo: "",
    ext: "",
    relation: "friend",
    isMuted: false,
    authMode: 1,
    authQuestion: "",
    displayName: patch.alias || patch.nickName || username,
    ...patch,
  };
}

export function makeMessage(patch: Partial<Message> & Pick<Message, "mid" | "xid" | "from">): Message {
  return {
    localId: `m${patch.mid}`,
    timestamp: 0,
    kind: "text",
    text: "",
    isSystem: false,
    isMine: patch.from === myId,
    status: patch.from === myId ? "read" : "delivered",
    ...patch,
  };
}

export function makeGroup(groupId: number, name: string, ownerId: number, count: number): Group {
  return {
    groupId,
    name,
    ownerId,
    count,
    avatar: "",
    description: "",
    ext: "",
    type: 0,
    capacity: 500,
    createdAt: 0,
    updatedAt: 0,
    applyApproval: 1,
    banExpireTime: 0,
    hideMemberInfo: false,
    historyVisible: true,
    memberInvite: true,
    memberModify: false,
    readAck: true,
    msgMuteMode: 0,
    msgPushMode: 0,
  };
}

export function makeConversation(xid: number, kind: Conversation["kind"], name: string, patch: Partial<Conversation> = {}): Conversation {
  return {
    xid,
    kind,
    name,
    avatar: "",
    unread: 0,
    last: null,
    updatedAt: 0,
    isPinned: false,
    isMuted: false,
    isMentioned: false,
    typing: [],
    headMid: 0,
    readMid: 0,
    peerReadMid: 0,
    peerDeliveredMid: 0,
    mentionMids: [],
    ...patch,
  };
}

function picture(width: number, height: number, from: string, to: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 600 400" preserveAspectRatio="xMidYMid slice"><defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs><rect width="600" height="400" fill="url(#s)"/><circle cx="430" cy="120" r="46" fill="#fff6d8" opacity=".9"/><path d="M0 300 150 170 260 270 370 150 600 320V400H0Z" fill="#1c4766" opacity=".75"/><path d="M0 350 130 270 300 350 450 280 600 360V400H0Z" fill="#0f2f47"/></svg>`;
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}

const photo: Attachment = {
  url: picture(900, 600, "#63b7f0", "#ffd9a8"),
  name: "lake.jpg",
  size: 284_310,
  width: 900,
  height: 600,
  mimeType: "image/jpeg",
};
const tall: Attachment = {
  url: picture(600, 900, "#8f7fe0", "#ffb3a7"),
  name: "evening.jpg",
  size: 198_022,
  width: 600,
  height: 900,
  mimeType: "image/jpeg",
};
const report: Attachment = {
  url: "data:application/pdf;base64,JVBERi0=",
  name: "Field report, second quarter.pdf",
  size: 1_834_022,
  mimeType: "application/pdf",
};

type Line = [from: number, minutesAgo: number, text: string, patch?: Partial<Message>];

function write(xid: number, lines: Line[], now: number): Message[] {
  return lines.map(([from, minutesAgo, text, patch], index) =>
    makeMessage({ mid: xid * 10_000 + index + 1, xid, from, text, timestamp: now - minutesAgo * minute, ...patch }),
  );
}

/** Long alternating history, for scrolling. */
function longHistory(xid: number, peer: number, count: number, now: number): Message[] {
  const phrases = [
    "Morning! Did the nightly build pass?",
    "Yes, everything is green.",
    "Nice. I will look at the logs later.",
    "One test was slow, I opened an issue for it.",
    "好的，收到。",
    "Can you take the review today?",
    "Sure, after lunch.",
    "Thanks 🙏",
  ];
  return Array.from({ length: count }, (_, index) =>
    makeMessage({
      mid: xid * 10_000 + index + 1,
      xid,
      from: index % 3 === 0 ? peer : index % 5 === 0 ? myId : index % 2 === 0 ? peer : myId,
      text: `${phrases[index % phrases.length] ?? ""}`,
      timestamp: now - (count - index) * 37 * minute,
    }),
  );
}

export function makeWorld(now = Date.now()): World {
  const people = [
    makePerson(1002, "demo2", { nickName: "Demo Two", description: "Out on the trail until Monday" }),
    makePerson(1003, "heron", { nickName: "Heron" }),
    makePerson(1004, "lan_que", { nickName: "蓝雀" }),
    makePerson(1005, "kestrel", { nickName: "Kestrel Park", alias: "Kestrel (design)" }),
    makePerson(1006, "plover", { nickName: "Plover" }),
    makePerson(1007, "cui_niao", { nickName: "翠鸟" }),
    makePerson(1008, "wren", { nickName: "Wren", relation: "stranger" }),
    makePerson(1009, "magpie", { nickName: "Magpie", relation: "stranger" }),
    makePerson(1010, "siskin", { nickName: "Siskin", relation: "stranger" }),
  ];
  const groups = [
    makeGroup(2001, "Nest builders", myId, 5),
    makeGroup(2002, "产品设计讨论组", 1004, 4),
    makeGroup(2003, "Weekend hikes", 1003, 3),
  ];
  const member = (userId: number, role: GroupMember["role"] = "member"): GroupMember => {
    const person = people.find((one) => one.userId === userId);
    return { userId, role, displayName: person?.displayName ?? "Demo One", avatar: "", joinedAt: now - 30 * day, isBanned: false };
  };
  const members = new Map([
    [2001, [member(myId, "owner"), member(1002, "admin"), member(1003), member(1004), member(1008)]],
    [2002, [member(1004, "owner"), member(myId), member(1005), member(1007)]],
    [2003, [member(1003, "owner"), member(myId), member(1006)]],
  ]);
  const history = new Map<number, Message[]>([
    [
      1002,
      [
        ...longHistory(1002, 1002, 240, now - day),
        ...write(
          1002,
          [
            [1002, 190, "I put the pictures from the lake on the shared drive."],
            [1002, 189, "This one is my favourite", { kind: "image", attachment: photo }],
            [myId, 171, "Beautiful! What a light."],
            [myId, 170, "Can you send me the report too? I need the numbers for the meeting at three."],
            [1002, 64, "", { kind: "file", attachment: report }],
            [1002, 63, "Here it is. Page 4 has the table you asked for: https://example.com/report"],
            [myId, 20, "Got it, thank you 👍", { editedAt: now - 19 * minute }],
            [
              1002,
              4,
              "No problem. Are we still on for tomorrow?",
              { replyTo: { mid: 10020243, from: myId, text: "Can you send me the report too?" } },
            ],
            [1002, 3, "😀🎉"],
            [myId, 2, "Of course! See you at nine.", { status: "delivered" }],
          ],
          now,
        ).map((message, index) => ({ ...message, mid: message.mid + 240, localId: `n${index}` })),
      ],
    ],
    [
      2001,
      write(
        2001,
        [
          [0, 1500, "", { kind: "command", isSystem: true, text: "Demo Two joined the group" }],
          [1003, 1441, "Who has the key of the hut?"],
          [1004, 1440, "在我这里，明天带过来。"],
          [1002, 95, "The new signposts arrived, they look great"],
          [1002, 94, "", { kind: "image", attachment: tall }],
          [myId, 80, "Lovely. I will bring the drill and some coffee ☕"],
          [1003, 44, "Count me in for Saturday"],
          [1003, 43, "And I can drive four people"],
          [1008, 41, "@demo1 do you need help with the roof?", { mentions: { all: false, userIds: [myId] } }],
        ],
        now,
      ),
    ],
    [
      2002,
      write(
        2002,
        [
          [1004, 300, "新的首页稿已经上传了，大家看看。"],
          [1005, 280, "配色很好，建议把按钮再大一点。"],
          [1007, 275, "同意。深色模式下对比度够吗？"],
          [1004, 30, "够的，都在 4.5 以上。"],
        ],
        now,
      ),
    ],
    [
      1004,
      write(
        1004,
        [
          [1004, 400, "晚上一起吃饭吗？"],
          [myId, 390, "好啊，老地方？"],
          [1004, 385, "七点见 🍜"],
        ],
        now,
      ),
    ],
    [
      1003,
      write(
        1003,
        [
          [myId, 1600, "Happy birthday! 🎂"],
          [1003, 1590, "Thank you so much ❤️"],
        ],
        now,
      ),
    ],
    [
      1005,
      write(
        1005,
        [
          [1005, 2900, "I sent you the new icons"],
          [myId, 2890, "They are crisp. Shipping them today.", { status: "sent" }],
        ],
        now,
      ),
    ],
    [2003, write(2003, [[1006, 5200, "Rain on Sunday, shall we move it?"]], now)],
    [1006, write(1006, [[1006, 9000, "ok"]], now)],
    [1007, write(1007, [[1007, 14000, "谢谢！"]], now)],
  ]);
  const unread: Record<number, number> = { 2001: 3, 2002: 1, 2003: 1 };
  const conversations = [...history].map(([xid, list]) => {
    const group = groups.find((one) => one.groupId === xid);
    const name = group?.name ?? people.find((one) => one.userId === xid)?.displayName ?? "";
    const count = unread[xid] ?? 0;
    return withLast(
      makeConversation(xid, group ? "group" : "user", name, {
        unread: count,
        isPinned: xid === 2001,
        isMuted: xid === 2003,
        isMentioned: xid === 2001,
        headMid: list.at(-1)?.mid ?? 0,
        readMid: list.at(-1 - count)?.mid ?? 0,
      }),
      list,
    );
  });
  const me: Profile = {
    userId: myId,
    username: "demo1",
    nickName: "Demo One",
    avatar: "",
    description: "Building nests",
    mobile: "",
    email: "",
    publicInfo: "",
    privateInfo: "",
    displayName: "Demo One",
  };
  const links = new Map([
    [
      "https://example.com/report",
      {
        url: "https://example.com/report",
        site: "Field notes",
        title: "Second quarter: the numbers behind the migration",
        description: "Counts from eleven stations, with the table on page 4 and how it was made.",
        image: { url: photo.url, width: 900, height: 600 },
      },
    ],
  ]);
  return { me, people, groups, members, conversations, history, links };
}

export function withLast(conversation: Conversation, list: Message[]): Conversation {
  const last = list.findLast((one) => one.recalledBy === undefined);
  if (!last) return { ...conversation, last: null, updatedAt: 0 };
  const { mid, from, timestamp, kind, text, isMine, status } = last;
  return {
    ...conversation,
    updatedAt: timestamp,
    headMid: mid || conversation.headMid,
    last: { mid, from, timestamp, kind, text: text || (last.attachment?.name ?? ""), isMine, status },
  };
}
