/** A folder with files, wherever it is; names are single names in it, never paths. */

export type FoundFile = {
  readonly name: string
  readonly sizeBytes: number
  /** When it was changed last, in ms since 1970 as its own machine says. */
  readonly changedMs: number
}

export interface FileStore {
  /** Plain files whose names `isWanted`; no links, no folders. */
  list(isWanted: (name: string) => boolean): Promise<readonly FoundFile[]>
  /** Undefined where it is not there any more or is not as it was found. */
  read(file: FoundFile): Promise<Uint8Array | undefined>
  /** Into a folder beside it, which is made where it is missing, under a name that is free there. */
  move(name: string, folder: string): Promise<void>
  remove(name: string): Promise<void>
  /**
   * The whole file under its name, on the disk when it settles, or nothing of it. `same`: it was there with this content;
   * `other`: with another one, which stays.
   */
  create(name: string, content: Uint8Array): Promise<'created' | 'same' | 'other'>
  close(): Promise<void>
}

/** What a file is known by until somebody changes it. */
export function stampOf({ sizeBytes, changedMs }: FoundFile): string {
  return `${sizeBytes}-${changedMs}`
}

/** Moved files of one name are told apart by a number; more are a sign that the name says nothing. */
export const mostNamesakes = 1_000

/** `report.txt`, `report.txt.1`, `report.txt.2` … */
export function namesakeOf(name: string, count: number): string {
  return count === 0 ? name : `${name}.${count}`
}

/** While it is written; sources do not see names that begin with a dot. */
export function partialName(name: string): string {
  return `.${name}.part`
}
