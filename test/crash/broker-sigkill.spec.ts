import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../dist/test/crash/broker-sigkill.js');

/** Runs the built script and gives its last line. */
function judge(...args: readonly string[]): { exitCode: number | null; result: Record<string, unknown>; text: string } {
  if (!existsSync(script)) throw new Error('the build is missing; run `npm run build` first');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--json', ...args], {
    encoding: 'utf8',
    timeout: 110_000,
  });
  const text = `${stderr}\n${stdout}`;
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`no result: ${text}`);
  return { exitCode: status, result: JSON.parse(last) as Record<string, unknown>, text }; // The script's own line.
}

describe('a broker that is killed with SIGKILL under load', () => {
  it('loses nothing acknowledged, invents nothing, and no group goes back', () => {
    const { exitCode, result, text } = judge('--kills', '3');
    expect({ status: result['status'], findings: result['findings'], text }).toEqual({
      status: 'pass',
      findings: {},
      text,
    });
    expect(exitCode).toBe(0);
  }, 120_000);

  it('is found guilty when it acknowledges before it has written', () => {
    const { exitCode, result } = judge('--kills', '3', '--broker', 'acks-before-write');
    expect(result).toMatchObject({ status: 'fail', isExpected: true });
    // A message that was lost after its delivery is not missed by anybody; its offset, given to another one, tells.
    const proofs = ['I1 no acked loss', 'I4 one value per offset'];
    expect(Object.keys(Object(result['findings'])).filter((name) => proofs.includes(name))).not.toEqual([]);
    expect(exitCode).toBe(0);
  }, 120_000);
});
