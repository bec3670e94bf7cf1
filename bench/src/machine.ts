import { cpus, release, totalmem, type } from 'node:os';

/** What the figures were measured on: they mean little without it. */
export interface Machine {
  readonly cpu: string;
  readonly coreCount: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

/** Describes this machine. */
export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    coreCount: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}
