import type { FileHandle, FileSystem } from '#platform';
import type { Segment, Segments } from '../commit-log/segments.js';

const READ_AHEAD_BYTES = 1024 * 1024;

/** Reads one segment from front to back through a window of memory. */
export class LogWindow {
  private bytes = Buffer.alloc(0);
  private from = 0;

  private constructor(
    private readonly handle: FileHandle,
    private readonly segment: Segment,
  ) {
    this.from = segment.startPosition;
  }

  static async open(files: FileSystem, segments: Segments, segment: Segment): Promise<LogWindow> {
    return new LogWindow(await files.open(segments.pathOf(segment), { access: 'read' }), segment);
  }

  /** The bytes at `position` if the window holds at least `sizeBytes` of them: valid until the next `load`. */
  held(position: number, sizeBytes: number): Buffer | undefined {
    const at = position - this.from;
    return at >= 0 && at + sizeBytes <= this.bytes.length ? this.bytes.subarray(at) : undefined;
  }

  /** Moves the window to `position`; what comes back is shorter than `sizeBytes` only at the end of the segment. */
  async load(position: number, sizeBytes: number): Promise<Buffer> {
    const held = this.held(position, sizeBytes);
    if (held !== undefined) return held;
    const rest = this.segment.startPosition + this.segment.sizeBytes - position;
    const target = Buffer.allocUnsafeSlow(Math.min(Math.max(sizeBytes, READ_AHEAD_BYTES), rest));
    const got = await this.handle.read(target, position - this.segment.startPosition);
    this.bytes = target.subarray(0, got);
    this.from = position;
    return this.bytes;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
