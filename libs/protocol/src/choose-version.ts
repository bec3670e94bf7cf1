import { ProtocolError } from './protocol-error.js';

/** The oldest version of the protocol that this library speaks. */
export const PROTOCOL_VERSION_MIN = 1;
/** The newest. */
export const PROTOCOL_VERSION_MAX = 1;

/**
 * The version both sides speak: the highest common one.
 * @throws {ProtocolError} 'version-mismatch' naming both ranges.
 */
export function chooseVersion(
  client: { versionMin: number; versionMax: number },
  ownMin: number,
  ownMax: number,
): number {
  const chosen = Math.min(client.versionMax, ownMax);
  if (chosen >= client.versionMin && chosen >= ownMin) return chosen;
  const theirs = `${client.versionMin}..${client.versionMax}`;
  throw new ProtocolError('version-mismatch', `the client speaks Rookery ${theirs}, this server ${ownMin}..${ownMax}`);
}
