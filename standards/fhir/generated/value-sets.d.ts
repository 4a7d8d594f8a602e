/** Required value sets by url, written out as `{ system: codes }`. */
export const valueSets: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
