import type { Board } from "./board.js";
import { applyEdit, type Edit } from "./edit.js";

/** Applies APPEND and REPLACE to messages, loaded or only stored. */
export class Edits {
  private stored: Promise<void> = Promise.resolve();

  constructor(private readonly board: Board) {}

  apply(xid: number, mid: number, edit: Edit): Promise<void> {
    const loaded = this.board.window(xid).find(mid);
    if (loaded) {
      const edited = applyEdit(loaded, edit);
      return edited === loaded ? Promise.resolve() : this.board.replace(edited);
    }
    // Edits of one message read and write it in turn, so that none is lost.
    const task = this.stored.then(async () => {
      const known = await this.board.find(xid, mid);
      const edited = known && applyEdit(known, edit);
      if (edited && edited !== known) await this.board.replace(edited);
    });
    this.stored = task.catch(() => undefined);
    return task;
  }
}
