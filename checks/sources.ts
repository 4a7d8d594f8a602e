/** The repository as the laws see it: workspaces, source files and what they import. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'

export const root = join(import.meta.dirname, '..')

export type Workspace = {
  /** `kernel/records`. */
  readonly folder: string
  /** `@xinglin/records`. */
  readonly name: string
  readonly dependencies: ReadonlySet<string>
}
export type Import = { readonly file: string; readonly line: number; readonly specifier: string }

/** Every file that git knows or would take, by path from the root with forward slashes. */
export function sourceFiles(pattern: RegExp): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed.split('\n').filter((file) => pattern.test(file) && existsSync(join(root, file)))
}

export function readSource(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

export function workspaces(): readonly Workspace[] {
  return sourceFiles(/^[^/]+(\/[^/]+)?\/package\.json$/).map((file) => {
    const manifest = JSON.parse(readSource(file))
    const dependencies = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    }
    return {
      folder: posix.dirname(file),
      name: manifest.name,
      dependencies: new Set(Object.keys(dependencies)),
    }
  })
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g

/** Static and dynamic imports of a file with their line numbers. */
export function importsOf(file: string): readonly Import[] {
  const text = readSource(file)
  return [...text.matchAll(importPattern)].map((match) => ({
    file,
    line: text.slice(0, match.index + match[0].length).split('\n').length,
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
  }))
}

/** The path from the root that a relative import points to. */
export function targetOf({ file, specifier }: Import): string {
  return relative(root, join(root, dirname(file), specifier)).replaceAll('\\', '/')
}
