import { MqProtocolError } from './mq-protocol-error.js';

/**
 * Reads the fields of an object that somebody else decoded (msgpack or JSON from an untrusted peer), noting every problem instead of
 * stopping at the first. A field that is wrong reads as an empty value; `finish` then throws, so that value is never used.
 */
export class ObjectFields {
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    value: unknown,
    private readonly path: string,
    private readonly problems: string[] = [],
  ) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) this.problems.push(`${path}: an object is expected`);
    // True of any object that is not an array: reading a property of it gives some value, checked field by field below.
    this.fields = isObject ? (value as Record<string, unknown>) : {};
  }

  /** Text of `charsMin` to `charsMax` UTF-16 units. */
  text(name: string, charsMin: number, charsMax: number): string {
    const value = this.own(name);
    if (typeof value === 'string' && value.length >= charsMin && value.length <= charsMax) return value;
    return this.wrong(name, `text of ${charsMin} to ${charsMax} characters is expected`, '');
  }

  /** A safe integer in [min, max]. */
  integer(name: string, min: number, max: number): number {
    const value = this.own(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    return this.wrong(name, `an integer in [${min}, ${max}] is expected`, min);
  }

  /** True or false. */
  flag(name: string): boolean {
    const value = this.own(name);
    return typeof value === 'boolean' ? value : this.wrong(name, 'true or false is expected', false);
  }

  /** One of `choices`. */
  choice<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice {
    const value = this.own(name);
    const found = choices.find((each) => each === value);
    return found ?? this.wrong(name, `one of ${choices.join(', ')} is expected`, choices[0]);
  }

  /** A list of up to `countMax` values. */
  list(name: string, countMax: number): readonly unknown[] {
    const value = this.own(name);
    if (Array.isArray(value) && value.length <= countMax) return value;
    return this.wrong(name, `a list of up to ${countMax} is expected`, []);
  }

  /** The fields of each object of a list. */
  objects(name: string, countMax: number): ObjectFields[] {
    return this.list(name, countMax).map(
      (each, index) => new ObjectFields(each, `${this.path}.${name}[${index}]`, this.problems),
    );
  }

  has(name: string): boolean {
    return this.own(name) !== undefined;
  }

  note(name: string, problem: string): void {
    this.problems.push(`${this.path}.${name}: ${problem}`);
  }

  /** @throws {MqProtocolError} 'bad-request' with all problems noted here and in nested objects. */
  finish<Result>(result: Result): Result {
    if (this.problems.length === 0) return result;
    const shown = this.problems.slice(0, 20);
    throw new MqProtocolError('bad-request', shown.join('; '), shown);
  }

  private own(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  private wrong<Value>(name: string, problem: string, stand: Value): Value {
    this.note(name, problem);
    return stand;
  }
}
