import type { ChatClient } from "../client/client";

/** Whether messages of a user are to make no noise: his conversation is muted, or he is in the friend list. */
export function isQuiet(client: ChatClient, userId: number): boolean {
  return client.conversations.find(userId)?.isMuted === true || client.roster.profile(userId)?.isMuted === true;
}

/** One switch for both, so that they never contradict each other. */
export async function setQuiet(client: ChatClient, userId: number, isOn: boolean): Promise<void> {
  const conversation = client.conversations.find(userId);
  const profile = client.roster.profile(userId);
  if (conversation) await client.conversations.mute(userId, isOn);
  const mustChange = profile?.isMuted ? !isOn : isOn && !conversation;
  if (profile?.relation === "friend" && mustChange) await client.roster.setMuted(userId, isOn);
}
