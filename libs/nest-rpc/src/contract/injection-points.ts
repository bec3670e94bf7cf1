import { type CallPolicy, type RpcContract, resolveCallPolicy } from '#rpc';

/** One place that wants a client of a contract, under a policy of its own. */
export interface InjectionPoint {
  /** Nest prints it when nothing provides it, so it says what to do. */
  readonly token: string;
  readonly policy: CallPolicy | undefined;
}

const POINTS = Symbol.for('rookery.rpc.injection-points');

/** The points known so far, the one without a policy first. Decorator metadata of the contract: no state of any application. */
export function injectionPoints(contract: RpcContract): readonly InjectionPoint[] {
  return pointsOf(contract);
}

/** The token for a policy, remembered so that `forFeature` provides it. Equal policies share a client. */
export function injectionToken(contract: RpcContract, policy: CallPolicy | undefined): string {
  if (policy === undefined) return pointToken(contract, 0);
  resolveCallPolicy([policy], `RpcClient(${contract.name}).policy`);
  const points = pointsOf(contract);
  const known = points.find(
    (each) => each.policy !== undefined && JSON.stringify(each.policy) === JSON.stringify(policy),
  );
  if (known !== undefined) return known.token;
  const token = pointToken(contract, points.length);
  points.push({ token, policy });
  return token;
}

function pointsOf(contract: RpcContract): InjectionPoint[] {
  // True: only this function writes under this symbol.
  const known = Reflect.getOwnMetadata(POINTS, contract) as InjectionPoint[] | undefined;
  if (known !== undefined) return known;
  const points: InjectionPoint[] = [{ token: pointToken(contract, 0), policy: undefined }];
  Reflect.defineMetadata(POINTS, points, contract);
  return points;
}

function pointToken(contract: RpcContract, index: number): string {
  const variant = index === 0 ? '' : ` #${index}`;
  return `RpcClient(${contract.name})${variant} [is RpcModule.forFeature([...]) with the contract '${contract.name}' imported here?]`;
}
