/**
 * What the index keeps of a person. Where an institution seals fields (docs/decisions/0072) the features are sealed whole,
 * and each blocking key is a keyed hash of itself: records still meet by them, and nobody without the key can guess one.
 */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Person } from '@xinglin/matching'
import type { SealedWords } from '@xinglin/records'

/** As it stands in PostgreSQL: a sealed text where fields are sealed. */
export type KeptPerson = Person | string

const purpose = 'master-index.person'

type Needs = Pick<Kernel, 'keys'>
type Whose = { readonly tenant: TenantId; readonly patient: string }

const bindingOf = ({ tenant, patient }: Whose) => ({ purpose, context: `${tenant} ${patient}` })

/** Where features lie sealed. */
export function declareSealedPersons({ keys }: Needs): void {
  keys.rotations.declare({
    ...{ purpose, at: ['master_index', 'person', 'features'], form: 'json' },
    ...{ reads: sql`tenant, patient`, where: sql`jsonb_typeof(features) = 'string'` },
    contextOf: ({ tenant, patient }) => `${tenant} ${patient}`,
  })
}

/** What is kept of a person's features. */
export async function keptPerson({ keys }: Needs, whose: Whose, person: Person): Promise<KeptPerson> {
  return keys.sealText(JSON.stringify(person), bindingOf(whose))
}

/** Features as they can be compared. */
export async function openedPerson({ keys }: Needs, whose: Whose, kept: KeptPerson): Promise<Person> {
  return typeof kept === 'string' ? JSON.parse(await keys.openText(kept, bindingOf(whose))) : kept
}

/** Keys as they are kept now. */
export function keptKeys(words: SealedWords | undefined, keys: readonly string[]): readonly string[] {
  return keys.map((key) => words?.word(key) ?? key)
}

/** Keys under which somebody may be kept; the plain ones too while a choice of fields is being carried out. */
export function askedKeys(words: SealedWords | undefined, keys: readonly string[]): readonly string[] {
  return words ? keys.flatMap((key) => [key, ...words.asked(key)]) : keys
}
