/** Recipes of a page: code blocks that begin with `// recipe: <file>`, as they are written. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type Recipe = { readonly name: string; readonly text: string }

const house = join(import.meta.dirname, '..', '..')

/** In the order of the page. */
export async function recipesOf(page: string): Promise<readonly Recipe[]> {
  const text = await readFile(join(house, page), 'utf8')
  return [...text.matchAll(/```ts\n\/\/ recipe: ([a-z-]+\.ts)\n(.*?)```/gs)].map(
    ([, name = '', code = '']) => ({
      name,
      text: code,
    }),
  )
}
