/** Small choices of one person in one browser (tone, language, column widths). Never patient data. */

/** The kept text of a choice; undefined where none was made or the browser keeps nothing. */
export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(`xinglin.${name}`) ?? undefined
  } catch {
    // A browser that forbids storage still works: the choice lasts as long as the page.
    return undefined
  }
}

/** Keeps a choice where the browser allows it. */
export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`xinglin.${name}`, value)
  } catch {
    // See above: without storage the choice lasts as long as the page.
    return
  }
}
