/** What the columns of a CSV file hold, guessed from their names and said by whoever imports it. */

export const roles = [
  'code',
  'display',
  'definition',
  'parent',
  'designation:zh-CN',
  'designation:en',
  'inactive',
  'abstract',
  'property',
  'none',
] as const
export type Role = (typeof roles)[number] | `designation:${string}`
export type FileColumn = { readonly name: string; readonly example: string; readonly role: Role }

/** So much of a file is looked at to know its columns. */
export const previewBytes = 65_536

const guesses: readonly (readonly [Role, RegExp])[] = [
  ['code', /^(?:code|id|代码|编码|.*编码|.*代码|.*_num|.*code)$/i],
  ['designation:zh-CN', /^(?:中文.*|.*中文名.*)$/],
  ['designation:en', /^(?:英文.*|.*英文名.*)$/],
  ['display', /^(?:display|name|名称|.*名称|long_common_name|.*name)$/i],
  ['definition', /^(?:definition|description|定义|说明)$/i],
  ['parent', /^(?:parent|上级.*|父.*)$/i],
  ['inactive', /^(?:inactive|停用)$/i],
  ['abstract', /^(?:abstract|分组)$/i],
]

/** Rows in which a value of each column is looked for. */
const previewRows = 50

/** The columns of the beginning of a file, with the first value of each. */
export function columnsIn(text: string): readonly FileColumn[] {
  const [names = [], ...body] = firstRows(text)
  const taken = new Set<Role>()
  return names.map((given, at) => {
    const name = given.trim()
    const role = guessed(name, taken)
    if (role !== 'property') taken.add(role)
    return { name, example: body.find((row) => row[at])?.[at] ?? '', role }
  })
}

/** Names that say it themselves (`designation:fr`, `property:organ`) are taken at their word. */
function guessed(name: string, taken: ReadonlySet<Role>): Role {
  if (isDesignation(name)) return name
  return guesses.find(([role, pattern]) => pattern.test(name) && !taken.has(role))?.[0] ?? 'property'
}

function isDesignation(name: string): name is `designation:${string}` {
  return name.startsWith('designation:')
}

/** `columns` of the import: `code=ID,display=Name`; a column that is said nothing of is not imported. */
export function columnsText(columns: readonly FileColumn[]): string {
  return columns
    .filter(({ role }) => role !== 'none')
    .map(
      ({ role, name }) =>
        `${role === 'property' ? `property:${name.replace(/^property:/, '')}` : role}=${name}`,
    )
    .join(',')
}

/** A name that cannot be told in `columns`; undefined where all can. */
export function untellable(columns: readonly FileColumn[]): string | undefined {
  return columns.find(({ name, role }) => role !== 'none' && /[,=]/.test(name))?.name
}

/** RFC 4180: the first rows. Commas or tabs lie between, as the first line says; a quote is doubled within quotes. */
function firstRows(text: string): readonly (readonly string[])[] {
  const separator = (text.split('\n', 1)[0] ?? '').includes('\t') ? '\t' : ','
  const rows: string[][] = [[]]
  let field = ''
  let state: 'plain' | 'quoted' | 'quote' = 'plain'
  const endField = () => {
    rows.at(-1)?.push(field)
    field = ''
  }
  for (const letter of text.replace(/^\ufeff/, '')) {
    if (state === 'quoted' && letter !== '"') field += letter
    else if (state === 'quoted') state = 'quote'
    else if (letter === '"' && (state === 'quote' || field === '')) {
      // A quote after a closing quote stands for itself.
      if (state === 'quote') field += letter
      state = 'quoted'
    } else {
      state = 'plain'
      if (letter === separator) endField()
      else if (letter === '\n' && rows.length === previewRows) break
      else if (letter === '\n') {
        endField()
        rows.push([])
      } else if (letter !== '\r') field += letter
    }
  }
  endField()
  return rows
}
