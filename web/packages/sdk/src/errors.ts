import type { FrameStatus } from "./codec/frame.js";
import { Status_ErrorCode as StatusCode } from "./gen/xsync_pb.js";

/** Stable, language-free names of failures; an app translates by them. Server codes without an own name give `code-<n>`. */
export type ErrorReason =
  | "network" | "no-websocket" | "timeout" | "offline" | "signed-out" | "token-invalid" | "not-found" | "permission-denied" | "rejected"
  | "text-too-long" | "text-empty" | "too-large" | "upload-failed" | "file-lost" | "cancelled" | "rate-limited" | "server-error"
  | "user-not-found" | "user-exists" | "wrong-code" | "bad-parameter" | "already-friend" | "user-blocked" | "application-expired"
  | "application-refused" | "group-not-found" | "not-member" | "owner-cannot-leave" | "group-full" | "group-quota" | "needs-admin"
  | "needs-owner" | "invitation-expired" | "already-member" | "app-not-found" | "user-quota" | "license"
  | "not-friends" | "message-not-found" | "recall-too-late" | "banned" | "frozen" | "app-frozen" | "censored" | "too-many-devices"
  | "group-blocked" | "kicked-too-often" | "outranked" | "bad-group-code" | "expired-group-code" | "announcements-off"
  | "wrong-password" | "wrong-picture-code" | "mobile-taken" | "too-many-attempts" | "code-refused" | "code-expired"
  | (string & {});

export class CeruleanError extends Error {
  override readonly name = "CeruleanError";

  constructor(
    /** Number of the public table for REST, of `Status.ErrorCode` for frames, 0 for local failures. */
    readonly code: number,
    readonly reason: ErrorReason,
    message: string,
  ) {
    super(message);
  }
}

const byRestCode: Record<number, ErrorReason> = {
  402: "token-invalid",
  404: "not-found",
  413: "too-large",
  429: "rate-limited",
  500: "server-error",
  503: "server-error",
  10000: "user-not-found",
  10001: "wrong-code",
  10002: "bad-parameter",
  10003: "token-invalid",
  10004: "user-exists",
  10005: "already-friend",
  10006: "user-blocked",
  10007: "application-expired",
  10008: "token-invalid",
  10009: "upload-failed",
  10010: "permission-denied",
  10011: "user-exists",
  10012: "application-refused",
  10013: "frozen",
  10028: "too-many-attempts",
  11001: "wrong-password",
  11012: "mobile-taken",
  11014: "wrong-picture-code",
  11031: "mobile-taken",
  20000: "server-error",
  20001: "group-not-found",
  20002: "not-member",
  20003: "bad-parameter",
  20004: "owner-cannot-leave",
  20005: "not-member",
  20006: "server-error",
  20007: "group-quota",
  20008: "group-quota",
  20009: "group-quota",
  20010: "group-full",
  20011: "not-member",
  20012: "needs-admin",
  20013: "needs-owner",
  20014: "application-expired",
  20015: "invitation-expired",
  20016: "kicked-too-often",
  20017: "already-member",
  20018: "group-blocked",
  20020: "not-found",
  20021: "announcements-off",
  20022: "not-found",
  20023: "permission-denied",
  20024: "bad-group-code",
  20025: "expired-group-code",
  20030: "message-not-found",
  20031: "recall-too-late",
  30021: "license",
  30022: "license",
  30023: "license",
  40000: "app-not-found",
  40001: "app-frozen",
  40002: "user-quota",
  99997: "app-not-found",
  99998: "app-not-found",
};

const byHttpStatus: Record<number, ErrorReason> = {
  400: "bad-parameter",
  401: "token-invalid",
  403: "permission-denied",
  404: "not-found",
  413: "too-large",
  429: "rate-limited",
};

const byStatusCode: Partial<Record<StatusCode, ErrorReason>> = {
  [StatusCode.FAIL]: "rejected",
  [StatusCode.INVALID_TOKEN]: "token-invalid",
  [StatusCode.INVALID_PARAMETER]: "bad-parameter",
  [StatusCode.UNAUTHORIZED]: "permission-denied",
  [StatusCode.USER_FROZEN]: "frozen",
  [StatusCode.USER_BANNED]: "banned",
  [StatusCode.WORD_CENSORED]: "censored",
  [StatusCode.TOO_MANY_DEVICES]: "too-many-devices",
  [StatusCode.INVALID_LICENSE]: "license",
  [StatusCode.LICENSE_LIMIT]: "license",
  [StatusCode.APP_FROZEN]: "app-frozen",
  [StatusCode.RATE_LIMIT_EXCEEDED]: "rate-limited",
};

/** Beginnings of the texts that a FAIL or UNAUTHORIZED carries; the frame has no finer code. */
const byReasonText: [string, ErrorReason][] = [
  ["exceed recall time limit", "recall-too-late"],
  ["user not found", "user-not-found"],
  ["blocked", "user-blocked"],
  ["only friends", "not-friends"],
  ["group not found", "group-not-found"],
  ["not a member", "not-member"],
  ["message not found", "message-not-found"],
  ["only the author", "permission-denied"],
  ["banned", "banned"],
];

export function errorOfRest(code: number, message: string, httpStatus = 200): CeruleanError {
  const fallback = httpStatus >= 500 ? "server-error" : `code-${code}`;
  return new CeruleanError(code, byRestCode[code] ?? byHttpStatus[httpStatus] ?? fallback, message || `code ${code}`);
}

export function errorOfStatus(status: FrameStatus): CeruleanError {
  const byText = byReasonText.find(([text]) => status.reason.startsWith(text))?.[1];
  const byCode = byStatusCode[status.code as StatusCode] ?? `status-${status.code}`;
  const reason = isLoginNeeded(status) ? "token-invalid" : (byText ?? byCode);
  return new CeruleanError(status.code, reason, status.reason || reason);
}

export function isLoginNeeded(status: FrameStatus): boolean {
  return status.code === StatusCode.INVALID_TOKEN
    || (status.code === StatusCode.UNAUTHORIZED && status.reason === "you must login first");
}

/** Anything thrown, as an error with a reason. */
export function asError(thrown: unknown): CeruleanError {
  if (thrown instanceof CeruleanError) return thrown;
  return new CeruleanError(0, "network", thrown instanceof Error ? thrown.message : String(thrown));
}
