/** The top folder and, for libs and apps, the room: `libs/store`, `apps/broker`, `test`. */
export function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'libs' || top === 'apps' ? `${top}/${second}` : top;
}

/** True for files that prove instead of work: specs, test/, and the testing folders of libraries. */
export function isProof(path: string): boolean {
  return path.endsWith('.spec.ts') || path.startsWith('test/') || path.includes('/src/testing/');
}
