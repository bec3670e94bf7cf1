/** A setting that the demo hands to its processes by environment. @throws {Error} naming it when it is missing. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: start this process with \`npm run demo\``);
  return value;
}

/** Where the demo's broker and name server listen. Outside the demo: `rookery://127.0.0.1:4000`, the broker's default. */
export function brokerUrl(): string {
  return process.env['ROOKERY_DEMO_BROKER'] ?? 'rookery://127.0.0.1:4000';
}
