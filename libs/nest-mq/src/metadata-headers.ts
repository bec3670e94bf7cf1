/** Nest's packet metadata travels among the headers under this prefix, apart from the application's own. */
const PREFIX = 'nest-metadata-';

type Texts = Readonly<Record<string, string>>;

/** Headers with the metadata added. */
export function withMetadata(headers: Texts | undefined, metadata: Texts | undefined): Texts | undefined {
  if (metadata === undefined) return headers;
  const prefixed = Object.entries(metadata).map(([name, value]) => [PREFIX + name, value] as const);
  return { ...headers, ...Object.fromEntries(prefixed) };
}

/** The metadata among the headers. */
export function metadataOf(headers: Texts): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(PREFIX.length), value]));
}

/** The application's own headers. */
export function ownHeaders(headers: Texts): Texts {
  const names = Object.keys(headers);
  if (!names.some((name) => name.startsWith(PREFIX))) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(PREFIX)));
}
