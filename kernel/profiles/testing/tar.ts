/** Writes POSIX ustar for tests: names and contents as a package would have them, honest or not. */

export type File = { readonly name: string; readonly text: string; readonly size?: number }

/** The archive, unpacked. */
export function tarOf(files: readonly File[]): Buffer {
  return Buffer.concat([...files.flatMap(entryOf), Buffer.alloc(1024)])
}

function entryOf({ name, text, size }: File): readonly Buffer[] {
  const content = Buffer.from(text)
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write('0000644\0', 100)
  header.write(`${(size ?? content.length).toString(8).padStart(11, '0')}\0`, 124)
  header.write('        0', 148)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
}
