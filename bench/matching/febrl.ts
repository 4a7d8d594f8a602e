/**
 * febrl4 (Christen 2008): 5,000 people of Australia and a distorted record of each. Read from beside the repository; its
 * fields are not ours, so it tries the method (levels, EM, thresholds) and not the comparison of Chinese records.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { editDistance, jaroWinkler, type Levels, probabilityOf, scoreOf } from '@xinglin/matching'
import { type Accuracy, accuracyOf, candidates, type Linking, trained } from './linkage.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'febrl')
const columns = [
  'rec_id',
  'given_name',
  'surname',
  'street_number',
  'address_1',
  'address_2',
  'suburb',
  'postcode',
  'state',
  'date_of_birth',
  'soc_sec_id',
] as const
type Row = Readonly<Record<(typeof columns)[number], string>>

const alike = ['same', 'near', 'far', 'different'] as const
const digits = ['same', 'slip', 'different'] as const
const fields = [
  { field: 'name', levels: ['same', 'swapped', 'one', 'near', 'part', 'different'] },
  { field: 'birth', levels: digits },
  { field: 'number', levels: digits },
  { field: 'street', levels: alike },
  { field: 'house', levels: digits },
  { field: 'area', levels: alike },
  { field: 'suburb', levels: alike },
  { field: 'postcode', levels: digits },
  { field: 'state', levels: digits },
] as const

const [nearFrom, farFrom] = [0.92, 0.8]
const upper = 0.99
const lower = 0.05

/** The accuracy on febrl4; undefined where the data is not there. */
export function febrlAccuracy(): Accuracy | undefined {
  if (!existsSync(folder)) return undefined
  const rows = ['dataset4a.csv', 'dataset4b.csv'].flatMap(readRows)
  const isFirst = (record: number) => rows[record]?.rec_id.endsWith('-org') === true
  const at = (record: number): Row => rows[record] ?? missing(record)
  const linking: Linking = {
    records: rows.length,
    keysOf: (record) => keysOf(at(record)),
    compare: (left, right) => compareRows(at(left), at(right)),
    largestBlock: 400,
    mayPair: (left, right) => isFirst(left) !== isFirst(right),
  }
  const chosen = candidates(linking)
  const { model } = trained(linking, fields, chosen)
  const person = (record: number) => at(record).rec_id.split('-')[1]
  const judged = chosen.map(({ left, right, levels }) => {
    const probability = probabilityOf(model, scoreOf(model, levels).bits)
    const outcome = probability >= upper ? 'certain' : probability >= lower ? 'doubtful' : 'apart'
    return { isTrue: person(left) === person(right), outcome } as const
  })
  return accuracyOf({ name: 'febrl4', records: rows.length, truePairs: rows.length / 2 }, judged)
}

function missing(record: number): never {
  throw new RangeError(`febrl4 has no record ${record}`)
}

function readRows(file: string): readonly Row[] {
  const [, ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n')
  return lines.map((line) => {
    const cells = line.split(',').map((cell) => cell.trim())
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])) as Row
  })
}

function keysOf(row: Row): readonly string[] {
  const { given_name: given, surname, postcode, suburb, date_of_birth: birth, soc_sec_id: number } = row
  const name = [given, surname].toSorted().join(' ')
  return [
    ['number', number],
    ['birth', birth],
    ['name', given && surname && name],
    ['given', given && postcode && `${given} ${postcode}`],
    ['surname', surname && postcode && `${surname} ${postcode}`],
    ['home', row.address_1 && row.street_number && `${row.street_number} ${row.address_1}`],
    ['street', row.address_1 && given && `${given} ${row.address_1}`],
    ['suburb', suburb && surname && `${surname.slice(0, 3)} ${suburb}`],
  ].flatMap(([kind, key]) => (key ? [`${kind} ${key}`] : []))
}

function compareRows(left: Row, right: Row): Levels {
  return [
    nameLevel(left, right),
    digitLevel(left.date_of_birth, right.date_of_birth),
    digitLevel(left.soc_sec_id, right.soc_sec_id),
    alikeLevel(left.address_1, right.address_1),
    digitLevel(left.street_number, right.street_number),
    alikeLevel(left.address_2, right.address_2),
    alikeLevel(left.suburb, right.suburb),
    digitLevel(left.postcode, right.postcode),
    digitLevel(left.state, right.state),
  ]
}

function nameLevel(left: Row, right: Row): number {
  const [given, surname] = [left.given_name, left.surname]
  if ((!given && !surname) || (!right.given_name && !right.surname)) return -1
  if (given === right.given_name && surname === right.surname) return 0
  if (given === right.surname && surname === right.given_name) return 1
  const [first, second] = [alikeLevel(given, right.given_name), alikeLevel(surname, right.surname)]
  if (first + second <= 1 || (first === 0 && second < 0) || (second === 0 && first < 0)) return 2
  if (first <= 2 && second <= 2) return 3
  return first <= 1 || second <= 1 ? 4 : 5
}

function alikeLevel(left: string, right: string): number {
  if (!left || !right) return -1
  if (left === right) return 0
  const similarity = jaroWinkler(left, right)
  if (similarity >= nearFrom) return 1
  return similarity >= farFrom ? 2 : 3
}

function digitLevel(left: string, right: string): number {
  if (!left || !right) return -1
  if (left === right) return 0
  return editDistance(left, right) === 1 ? 1 : 2
}
