import { FileSystemError, type FileSystemErrorCode } from '../file-system.js';

const CODES: Readonly<Record<string, FileSystemErrorCode>> = {
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  EEXIST: 'exists',
  ENOTEMPTY: 'exists',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EFBIG: 'no-space',
  EMFILE: 'too-many-files',
  ENFILE: 'too-many-files',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EISDIR: 'denied',
  // A write through a handle that was opened for reading.
  EBADF: 'denied',
  EAGAIN: 'locked',
  EWOULDBLOCK: 'locked',
  EBUSY: 'locked',
};

/** Node's error as ours: `operation` and `path` name what was tried. Anything unknown to the table is 'io'. */
export function fileSystemErrorFrom(cause: NodeJS.ErrnoException, operation: string, path: string): FileSystemError {
  const code = (cause.code === undefined ? undefined : CODES[cause.code]) ?? 'io';
  return new FileSystemError(code, `${operation} ${path}: ${cause.code ?? cause.message}`, { cause });
}
