import type { Schema, SchemaClass, SchemaIssue, StandardSchema } from './schema.js';

/** The schema as one that can validate. A class becomes one; it is looked at once, when the contract is defined. */
export function standardSchemaOf(schema: Schema): StandardSchema<unknown, unknown> {
  return isStandardSchema(schema) ? schema : classSchema(schema);
}

/** True if it implements Standard Schema. Some libraries' schemas are functions, so the kind of value is not asked. */
function isStandardSchema(schema: Schema): schema is StandardSchema<unknown, unknown> {
  return '~standard' in schema;
}

function classSchema(type: SchemaClass): StandardSchema<unknown, unknown> {
  let loaded: ClassTools | undefined;
  return {
    '~standard': {
      version: 1,
      vendor: 'class',
      async validate(value) {
        loaded ??= await loadClassTools();
        if (typeof value !== 'object' || value === null) return { issues: [{ message: `expected a ${type.name}` }] };
        const instance = loaded.transform(type, value);
        const problems = await loaded.validate(instance);
        return problems.length === 0 ? { value: instance } : { issues: problems.flatMap((each) => issuesOf(each, [])) };
      },
    },
  };
}

/** One complaint of class-validator; `children` are those of nested objects. */
interface ClassProblem {
  readonly property: string;
  readonly constraints?: Readonly<Record<string, string>>;
  readonly children?: readonly ClassProblem[];
}

interface ClassTools {
  transform(type: SchemaClass, value: object): object;
  validate(instance: object): Promise<readonly ClassProblem[]>;
}

function issuesOf(problem: ClassProblem, above: readonly string[]): SchemaIssue[] {
  const path = [...above, problem.property];
  const own = Object.values(problem.constraints ?? {}).map((message) => ({ message, path }));
  return [...own, ...(problem.children ?? []).flatMap((each) => issuesOf(each, path))];
}

/** Loaded on first use, so contracts of interfaces or zod never pay for them. Without class-validator instances are made but not checked. */
async function loadClassTools(): Promise<ClassTools> {
  const { plainToInstance } = await import('class-transformer');
  // The names are variables because class-validator is optional: the compiler must not ask for its types.
  const optional = 'class-validator';
  const validator: unknown = await import(optional).catch(() => undefined);
  const check = isClassValidator(validator) ? validator.validate : async () => [];
  return {
    // Safe: class-transformer only calls the constructor, with no arguments.
    transform: (type, value) => plainToInstance(type as new () => object, value),
    // Unregistered classes carry no rules; without this option class-validator refuses them as unknown.
    validate: (instance) => check(instance, { forbidUnknownValues: false }),
  };
}

function isClassValidator(
  module: unknown,
): module is { validate(instance: object, options: object): Promise<readonly ClassProblem[]> } {
  return typeof module === 'object' && module !== null && 'validate' in module && typeof module.validate === 'function';
}
