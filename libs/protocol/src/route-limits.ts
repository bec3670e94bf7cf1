/** Route numbers of one connection are below this. */
export const ROUTE_COUNT_MAX = 1024;
/** Longest route, in bytes of UTF-8. */
export const ROUTE_BYTES_MAX = 2048;
/** The route number that is never remembered. */
export const ROUTE_UNNUMBERED = 0xffff;
