/**
 * What an app sets for pushes to the signed-in user. When and how much is pushed are settings of the account (`noPush`, `noPushDetail`,
 * `noPushStartHour`, `noPushEndHour`, `pushNickName`) and of groups (`groups.setPushMode`).
 */
export interface PushApi {
  /** Has pushes for this device sent to a vendor's address. */
  bind(deviceToken: string, notifierName: string): Promise<void>;
  /** Ends pushes for this device. */
  unbind(): Promise<void>;
  /** A name by which the app's server can push to the user; empty takes it away. */
  setAlias(alias: string, deviceToken?: string): Promise<void>;
  /** The number on the icon, 0 to 99999, from which pushes count on. */
  setBadge(count: number): Promise<void>;
  /** Labels by which the app's server can push to many. */
  tags(): Promise<string[]>;
  addTags(tags: readonly string[]): Promise<void>;
  removeTags(tags: readonly string[]): Promise<void>;
  clearTags(): Promise<void>;
}
