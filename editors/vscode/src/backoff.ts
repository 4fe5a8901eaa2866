// How long to wait before a server that died is started again, and when to give up.

/** What to do after a death: wait so many milliseconds, or stay down. */
export type Verdict = { readonly restartAfter: number } | "give up";

/**
 * Counts deaths inside a window of time. Waits double from half a second; the sixth death inside
 * three minutes is the last.
 */
export class Backoff {
  private deaths: number[] = [];

  constructor(
    private readonly firstWait = 500,
    private readonly window = 180_000,
    private readonly limit = 5,
  ) {}

  /** Records a death at a time in milliseconds, by a clock that nobody sets, and says what to do. */
  died(now: number): Verdict {
    this.deaths = this.deaths.filter((t) => now - t < this.window);
    this.deaths.push(now);
    if (this.deaths.length > this.limit) return "give up";
    return { restartAfter: this.firstWait * 2 ** (this.deaths.length - 1) };
  }

  /** Forgets what happened: the user asked for a restart. */
  reset(): void {
    this.deaths = [];
  }
}
