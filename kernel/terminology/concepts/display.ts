/** BCP 47 and R4 §4.8.7: the name of a concept in a language, with `zh` for `zh-CN` and the other way round. */
import { foldText } from '@xinglin/fhir/search'
import type { Concept, Designation } from './concept.ts'

type Named = Pick<Concept, 'display' | 'designations'>

/** The designation in the first language that has one, else the display; undefined where it has no name. `languages`: `zh-CN,en;q=0.5`. */
export function displayIn(
  { display, designations }: Named,
  languages: string | undefined,
): string | undefined {
  for (const language of ranges(languages)) {
    const found = designationIn(designations, language)
    if (found !== undefined) return found
  }
  return display ?? designations[0]?.value
}

function ranges(languages: string | undefined): readonly string[] {
  return (languages ?? '')
    .split(',')
    .map((range) => range.split(';')[0]?.trim().toLowerCase() ?? '')
    .filter((range) => range !== '' && range !== '*')
}

/** What is called a display or fully specified name goes before synonyms. */
function designationIn(designations: readonly Designation[], wanted: string): string | undefined {
  const fits = designations.filter(
    ({ language }) => language !== undefined && isOf(language.toLowerCase(), wanted),
  )
  const exact = fits.filter(({ language }) => language?.toLowerCase() === wanted)
  const among = exact.length > 0 ? exact : fits
  return (among.find(({ use }) => use === undefined || use.code === 'display') ?? among[0])?.value
}

function isOf(language: string, wanted: string): boolean {
  return language === wanted || language.startsWith(`${wanted}-`) || wanted.startsWith(`${language}-`)
}

/** Whether a text is one of the names of a concept, but for case, accents and spaces. */
export function isNamed({ display, designations }: Named, text: string): boolean {
  const folded = foldText(text)
  return [display, ...designations.map(({ value }) => value)].some(
    (name) => name !== undefined && foldText(name) === folded,
  )
}
