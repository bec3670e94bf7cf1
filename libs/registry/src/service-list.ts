import type { ListedInstance } from './instance.js';

/** Why a service's list is as it is. `snapshot`: the first answer to a watch; `settled`: the warm-up after the server's start is over. */
export const CHANGE_REASONS = [
  'snapshot',
  'registered',
  'changed',
  'suspect',
  'recovered',
  'deregistered',
  'expired',
  'settled',
] as const;

/** One of `CHANGE_REASONS`. */
export type ChangeReason = (typeof CHANGE_REASONS)[number];

/** The whole list of one service at one version: the answer to a lookup and each value of a watch. */
export interface ServiceList {
  readonly service: string;
  /** Names one run of the name server: versions of different generations cannot be compared. */
  readonly generation: string;
  /** Rises with every change of any service, in one generation. */
  readonly version: number;
  /** False while the server has not been up for a whole lease: instances that live may still be missing. */
  readonly isComplete: boolean;
  readonly instances: readonly ListedInstance[];
  /** What happened since the list before this one, each reason once. */
  readonly reasons: readonly ChangeReason[];
}
