import { crc32 } from 'node:zlib';
import type { FileSystem, Logger } from '#platform';
import type { Endpoint } from '#rpc';
import { parseEndpoints } from './parse-service-list.js';

const FILE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The last known list of each service in a directory, so that a process can start while the name server is away.
 * A help, not a promise: what cannot be written is logged, what cannot be read or does not pass its checksum counts as absent.
 */
export interface ListCache {
  /** The endpoints last written for `service`; undefined if there are none that can be trusted. */
  read(service: string): Promise<readonly Endpoint[] | undefined>;
  /** Replaces the list. Calls are done one after the other; of several waiting for one service only the last is done. */
  write(service: string, endpoints: readonly Endpoint[]): void;
}

/** A cache in `directory`, made on the first write; without a directory, one that remembers nothing. */
export function openListCache(directory: string | undefined, files: FileSystem, logger: Logger): ListCache {
  if (directory === undefined) return { read: async () => undefined, write() {} };
  return new DirectoryListCache(directory, files, logger);
}

/**
 * The file name of a service: readable, safe on every file system (no dots, slashes or device names), and distinct where case is ignored,
 * by the checksum of the exact name.
 */
export function listCacheFileName(service: string): string {
  const readable = service.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 120);
  return `service-${readable}-${crc32(service).toString(16).padStart(8, '0')}.json`;
}

class DirectoryListCache implements ListCache {
  private readonly waiting = new Map<string, readonly Endpoint[]>();
  private isWriting = false;

  constructor(
    private readonly directory: string,
    private readonly files: FileSystem,
    private readonly logger: Logger,
  ) {}

  async read(service: string): Promise<readonly Endpoint[] | undefined> {
    const path = `${this.directory}/${listCacheFileName(service)}`;
    try {
      const sizeBytes = await this.files.sizeBytes(path);
      if (sizeBytes === undefined || sizeBytes > FILE_BYTES_MAX) return undefined;
      return parseFile(await this.readAll(path, sizeBytes), service);
    } catch (error) {
      this.logger.warn('registry: the remembered list cannot be used', { service, error: String(error) });
      return undefined;
    }
  }

  write(service: string, endpoints: readonly Endpoint[]): void {
    this.waiting.set(service, endpoints);
    if (!this.isWriting) void this.writeWaiting();
  }

  private async writeWaiting(): Promise<void> {
    this.isWriting = true;
    for (const [service, endpoints] of this.waiting) {
      this.waiting.delete(service);
      try {
        await this.replace(`${this.directory}/${listCacheFileName(service)}`, fileOf(service, endpoints));
      } catch (error) {
        this.logger.warn('registry: the list cannot be remembered', { service, error: String(error) });
      }
    }
    this.isWriting = false;
  }

  /** Not synced: a torn file fails its checksum and counts as absent. The rename keeps readers off half a file. */
  private async replace(path: string, bytes: Buffer): Promise<void> {
    await this.files.makeDirectory(this.directory);
    const file = await this.files.open(`${path}.new`, { access: 'create' });
    try {
      await file.truncate(0);
      await file.write([bytes], 0);
    } finally {
      await file.close();
    }
    await this.files.rename(`${path}.new`, path);
  }

  private async readAll(path: string, sizeBytes: number): Promise<string> {
    const file = await this.files.open(path, { access: 'read' });
    try {
      const target = Buffer.alloc(sizeBytes);
      const read = await file.read(target, 0);
      return target.toString('utf8', 0, read);
    } finally {
      await file.close();
    }
  }
}

/** First line: checksum of the second, 8 hex digits. Second line: `{"service":…,"endpoints":[…]}`. */
function fileOf(service: string, endpoints: readonly Endpoint[]): Buffer {
  const body = JSON.stringify({ service, endpoints });
  return Buffer.from(`${crc32(body).toString(16).padStart(8, '0')}\n${body}`);
}

function parseFile(text: string, service: string): readonly Endpoint[] | undefined {
  const body = text.slice(9);
  if (text.slice(0, 8) !== crc32(body).toString(16).padStart(8, '0')) return undefined;
  // The checksum says that `fileOf` wrote it; the endpoints are checked once more all the same.
  const value = JSON.parse(body) as { service: string; endpoints: unknown[] };
  return value.service === service ? Object.freeze(parseEndpoints(value.endpoints, service)) : undefined;
}
