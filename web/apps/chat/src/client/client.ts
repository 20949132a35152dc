import type { CeruleanClient } from "@cerulean/sdk";

/** The part of the SDK that the messenger uses; tests put a mock in its place. */
export type ChatClient = Pick<
  CeruleanClient,
  | "conversations"
  | "messages"
  | "roster"
  | "groups"
  | "account"
  | "files"
  | "presence"
  | "drafts"
  | "links"
  | "phone"
  | "me"
  | "state"
  | "kickReason"
  | "isSignedIn"
  | "signIn"
  | "requestSignInCode"
  | "signInWithCode"
  | "signInWithMobile"
  | "requestPasswordReset"
  | "resetPassword"
  | "register"
  | "resume"
  | "signOut"
  | "reconnect"
  | "dispose"
  | "on"
>;
