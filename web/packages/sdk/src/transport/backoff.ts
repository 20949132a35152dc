/** Delays between attempts: doubling up to a limit, each drawn between half and whole so that clients spread out. */
export class Backoff {
  private attempts = 0;

  constructor(
    private readonly firstMs = 500,
    private readonly limitMs = 30_000,
    private readonly random: () => number = Math.random,
  ) {}

  next(): number {
    const full = Math.min(this.limitMs, this.firstMs * 2 ** this.attempts);
    this.attempts += 1;
    return full / 2 + (full / 2) * this.random();
  }

  reset(): void {
    this.attempts = 0;
  }
}
