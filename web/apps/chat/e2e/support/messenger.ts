import { expect, type Locator, type Page } from "@playwright/test";
import type { User } from "./api";

/** What one person sees and does in one tab. */
export class Messenger {
  readonly bubbles: Locator;
  readonly input: Locator;
  readonly offlineBanner: Locator;

  constructor(
    readonly page: Page,
    readonly user: User,
  ) {
    this.bubbles = page.getByTestId("message-bubble");
    this.input = page.getByTestId("composer-input");
    this.offlineBanner = page.getByTestId("offline-banner");
  }

  byId(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async signIn(password = this.user.password): Promise<void> {
    await this.byId("sign-in-name").fill(this.user.username);
    await this.byId("sign-in-password").fill(password);
    await this.byId("sign-in-submit").click();
  }

  async signOut(): Promise<void> {
    await this.byId("nav-settings").click();
    await this.byId("sign-out").click();
    await this.byId("confirm-accept").click();
    await expect(this.byId("sign-in-form")).toBeVisible();
  }

  /** Opens a conversation by its address, also one that has no messages yet. */
  async open(xid: number): Promise<void> {
    await this.page.evaluate((hash) => (window.location.hash = hash), `#/chats/${xid}`);
    await expect(this.byId("conversation-pane")).toHaveAttribute("data-xid", String(xid));
    await expect(this.input).toBeVisible();
  }

  /** Leaves the open conversation, so that what arrives there stays unread. */
  async leave(): Promise<void> {
    await this.byId("nav-chats").click();
    await expect(this.byId("conversation-pane")).toHaveCount(0);
  }

  async send(text: string): Promise<void> {
    await this.input.fill(text);
    await this.input.press("Enter");
    await expect(this.bubble(text).last()).toBeVisible();
  }

  bubble(text: string): Locator {
    return this.bubbles.filter({ has: this.page.getByTestId("message-text").getByText(text, { exact: true }) });
  }

  item(xid: number): Locator {
    return this.page.locator(`[data-testid="conversation-item"][data-xid="${xid}"]`);
  }

  badge(xid: number): Locator {
    return this.item(xid).getByTestId("unread-badge").locator("[aria-hidden]");
  }

  /** Chooses an entry from the menu of a message. */
  async act(bubble: Locator, action: string): Promise<void> {
    await bubble.click({ button: "right" });
    await this.byId(`action-${action}`).click();
  }

  async attach(input: "file-input" | "image-input", file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.byId(input).setInputFiles(file);
    await expect(this.byId("attach-dialog")).toContainText(file.name);
    await this.byId("attach-send").click();
  }

  async expectStatus(text: string, status: "queued" | "sent" | "delivered" | "read" | RegExp): Promise<void> {
    await expect(this.bubble(text)).toHaveAttribute("data-status", status);
  }

  /** The newest message, whatever it holds, has got this far. */
  async expectLast(status: RegExp): Promise<void> {
    await expect(this.bubbles.last()).toHaveAttribute("data-status", status);
  }

  /** The whole conversation as shown, in this order, nothing twice and nothing else. */
  async expectTexts(texts: string[]): Promise<void> {
    await expect(this.byId("message-text")).toHaveText(texts);
  }
}
