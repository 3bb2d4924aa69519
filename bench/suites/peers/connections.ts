/** Every peer gets as many connections as there are callers. */
export const CONNECTIONS = 16
