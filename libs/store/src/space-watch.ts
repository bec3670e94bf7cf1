import type { Platform, Timer } from '#platform';

/** Knows whether the disk has fewer free bytes than it should, by looking now and then. */
export class SpaceWatch {
  isLow = false;
  private timer: Timer | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly platform: Platform,
    private readonly directory: string,
    private readonly limits: { readonly minFreeBytes: number; readonly spaceCheckIntervalMs: number },
  ) {
    this.arm();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.timer?.cancel();
    await this.looking;
  }

  private arm(): void {
    if (this.isClosed) return;
    this.timer = this.platform.clock.schedule(this.limits.spaceCheckIntervalMs, () => {
      this.looking = this.look().then(() => this.arm());
    });
    this.timer.unref();
  }

  private async look(): Promise<void> {
    try {
      const { freeBytes } = await this.platform.files.space(this.directory);
      const isLow = freeBytes < this.limits.minFreeBytes;
      if (isLow !== this.isLow)
        this.platform.logger.warn(
          isLow ? 'the disk is almost full, messages are refused' : 'the disk has space again',
          { freeBytes },
        );
      this.isLow = isLow;
    } catch (error) {
      // Not knowing is no reason to refuse: a full disk shows itself when the next segment is made.
      this.platform.logger.warn('cannot tell how much space is free', { reason: String(error) });
    }
  }
}
