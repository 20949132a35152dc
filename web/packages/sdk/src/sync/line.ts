/** What this device knows about one conversation: how far it is complete, and what it holds beyond a gap. */
export class Line {
  /** Items pushed ahead of a gap: id → id of the item before it. */
  private readonly ahead = new Map<number, number>();

  /** Nothing older is missing on this connection, so pushes may extend `cursor`. */
  isReady = false;
  isPulling = false;
  mustPullAgain = false;
  /** Items held beyond the gap when the running pull began. */
  aheadAtPull: number[] = [];
  timer: ReturnType<typeof setTimeout> | undefined;

  /** `cursor`: everything up to this id is here; 0 when nothing is known yet. */
  constructor(public cursor = 0) {}

  note(mid: number, prevMid: number): void {
    if (mid > this.cursor) this.ahead.set(mid, prevMid);
  }

  /** Moves the cursor over whatever now fits. True when a gap remains. */
  settle(): boolean {
    for (const mid of [...this.ahead.keys()].sort((a, b) => a - b)) {
      const prevMid = this.ahead.get(mid) ?? 0;
      const fits = mid <= this.cursor || this.cursor === 0 || prevMid <= this.cursor;
      if (!fits) return true;
      this.cursor = Math.max(this.cursor, mid);
      this.ahead.delete(mid);
    }
    return false;
  }

  aheadMids(): number[] {
    return [...this.ahead.keys()];
  }

  /** Takes given items as complete: a pull begun after they came has delivered what the server has before them. */
  accept(mids: number[]): void {
    for (const mid of mids) {
      this.ahead.delete(mid);
      this.cursor = Math.max(this.cursor, mid);
    }
  }
}
