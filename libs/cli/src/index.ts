// The `rookery` binary, callable from a program.
export { runCli } from './run-cli.js';
