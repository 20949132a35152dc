import type { Group, Message, UserSettings } from "@cerulean/sdk";

/** What is known about where a message arrived. */
export interface Place {
  /** Of the conversation, or of the friend it is with. */
  isMuted: boolean;
  /** When the conversation is a group. */
  group: Pick<Group, "msgMuteMode" | "msgPushMode"> | undefined;
  isMentioned: boolean;
  isFromManager: boolean;
}

export interface Decision {
  isShown: boolean;
  hasDetail: boolean;
  hasSound: boolean;
}

/** Whether an hour lies in a span that may go over midnight; equal ends are no span. */
export function isWithin(hour: number, start: number, end: number): boolean {
  if (start === end) return false;
  return start < end ? hour >= start && hour < end : hour >= start || hour < end;
}

const pushMode = { all: 0, none: 1, managersAndMentions: 2, managers: 3, mentions: 4 } as const;

function isWanted({ isMuted, group, isMentioned, isFromManager }: Place): boolean {
  if (isMuted) return false;
  if (!group) return true;
  if (group.msgMuteMode !== 0) return false;
  switch (group.msgPushMode) {
    case pushMode.none:
      return false;
    case pushMode.managersAndMentions:
      return isFromManager || isMentioned;
    case pushMode.managers:
      return isFromManager;
    case pushMode.mentions:
      return isMentioned;
    default:
      return true;
  }
}

/** What a new message may do while nobody looks at the page. */
export function decide(message: Pick<Message, "isMine" | "isSystem" | "xid">, place: Place, settings: UserSettings, now: Date): Decision {
  const hour = now.getHours();
  const isNews = !message.isMine && (!message.isSystem || message.xid === 0) && isWanted(place);
  return {
    isShown: isNews && !settings.noPush && !isWithin(hour, settings.noPushStartHour, settings.noPushEndHour),
    hasDetail: !settings.noPushDetail,
    hasSound: isNews && !settings.noSounds && !isWithin(hour, settings.silenceStartTime, settings.silenceEndTime),
  };
}
