/** So many forms of a read, several times what any cache of plans keeps. */
export const SHAPES = 5_000
