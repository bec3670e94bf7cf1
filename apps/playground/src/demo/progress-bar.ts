const WIDTH = 30;
const REFRESH_MS = 100;

/** One line of progress on a terminal, redrawn in place; on a pipe a plain line for each full tenth. */
export class ProgressBar {
  private lastDrawnMs = 0;
  private lastTenth = 0;

  constructor(
    private readonly total: number,
    private readonly output: NodeJS.WriteStream,
  ) {}

  /** Shows that `done` of the total are done; `note` says what goes on. Cheap to call often. */
  update(done: number, note: string): void {
    const share = Math.min(1, done / this.total);
    if (!this.output.isTTY) {
      this.updatePlain(share, done, note);
      return;
    }
    const nowMs = performance.now();
    if (nowMs - this.lastDrawnMs < REFRESH_MS && share < 1) return;
    this.lastDrawnMs = nowMs;
    const filled = Math.round(share * WIDTH);
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    this.output.write(`\r\x1b[2K[${bar}] ${Math.floor(share * 100)}%  ${done}/${this.total}  ${note}`);
  }

  private updatePlain(share: number, done: number, note: string): void {
    const tenth = Math.floor(share * 10);
    if (tenth <= this.lastTenth) return;
    this.lastTenth = tenth;
    this.output.write(`  ${tenth * 10}%  ${done}/${this.total}  ${note}\n`);
  }

  /** Prints `line` on a line of its own; the bar goes on below it. */
  say(line: string): void {
    this.output.write(this.output.isTTY ? `\r\x1b[2K${line}\n` : `${line}\n`);
  }

  /** Ends the bar's line. */
  end(): void {
    if (this.output.isTTY) this.output.write('\r\x1b[2K');
  }
}
