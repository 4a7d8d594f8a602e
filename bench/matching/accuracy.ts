/** Precision and recall at the automatic threshold, and what is left for people to judge. */
import { type Model, usualModel } from '@xinglin/matching'
import { chineseAccuracy } from './chinese.ts'
import { febrlAccuracy } from './febrl.ts'
import type { Accuracy } from './linkage.ts'

/** The weights that are shipped were trained on the first; the second shows that they serve others. */
const [trainingSeed, otherSeed] = [7, 8]

/** Measures both sets; answers the tables as Markdown. */
export function matchingReport(): string {
  const own = chineseAccuracy({ seed: trainingSeed })
  const other = chineseAccuracy({ seed: otherSeed, model: usualModel(own.accuracy.records) })
  const febrl = febrlAccuracy()
  const rows = [own.accuracy, other.accuracy, ...(febrl ? [febrl] : [])]
  return [
    accuracyTable(rows),
    ...(febrl ? [] : ['', 'febrl4 was not measured: ../shared/data/febrl is not there.']),
    '',
    `Weights after ${own.rounds} rounds of EM, seed ${trainingSeed}:`,
    '',
    weightsTable(own.model),
    '',
    'True pairs that were not certain, by what befell them (a pair may stand in several rows):',
    '',
    ...[...other.missed].slice(0, 12).map(([error, count]) => `- ${error}: ${count}`),
  ].join('\n')
}

function accuracyTable(rows: readonly Accuracy[]): string {
  const share = (value: number) => value.toFixed(5)
  return [
    '| set | records | true pairs | compared | completeness of blocking | certain | wrong | precision | recall | doubtful | of them true | recall with doubtful |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) =>
      [
        '',
        ...[row.name, row.records, row.truePairs, row.comparedPairs, share(row.completeness), row.certain],
        ...[row.wrong, share(row.precision), share(row.recall), row.doubtful, row.doubtfulTrue],
        share(row.recallWithDoubtful),
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ].join('\n')
}

function weightsTable({ matching, fields }: Model): string {
  return [
    `| field | level | m | u | bits | (share of matching pairs ${matching.toPrecision(3)})`,
    '|---|---|---|---|---|',
    ...fields.flatMap(({ field, levels, m, u }) =>
      levels.map((level, index) => {
        const [one, two] = [m[index] ?? 0, u[index] ?? 0]
        return `| ${field} | ${level} | ${one.toPrecision(3)} | ${two.toPrecision(3)} | ${Math.log2(one / two).toFixed(1)} |`
      }),
    ),
  ].join('\n')
}
