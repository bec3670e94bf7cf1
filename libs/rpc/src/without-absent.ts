/** What was given, less the entries whose value is undefined: those mean the default, as absent ones do. */
export function withoutAbsent<Given extends object>(
  given: Given,
): { [K in keyof Given]?: Exclude<Given[K], undefined> } {
  // Exactly the entries whose value is undefined are left out.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof Given]?: Exclude<Given[K], undefined>;
  };
}
