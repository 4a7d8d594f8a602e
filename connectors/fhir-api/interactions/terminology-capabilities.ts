/** terminology-service.html §4.7.2: `metadata?mode=terminology`, what the terminology operations of this door can do. */
import type { TerminologyCapabilities } from '@xinglin/fhir'
import { expandParameters } from '../operations/terminology/expand.ts'
import type { Described } from './capabilities.ts'

/** The whole statement; which code systems are held depends on the institution that asks, so none is listed. */
export function terminologyCapabilities({ baseUrl, version, at }: Described): TerminologyCapabilities {
  return {
    resourceType: 'TerminologyCapabilities',
    url: `${baseUrl}/metadata?mode=terminology`,
    name: 'XinglinTerminology',
    title: 'Xinglin 杏林',
    status: 'active',
    date: at,
    kind: 'instance',
    software: { name: 'Xinglin', version },
    implementation: { description: 'Xinglin hospital platform', url: baseUrl },
    lockedDate: false,
    expansion: {
      hierarchical: true,
      paging: true,
      incomplete: false,
      parameter: expandParameters.map((name) => ({ name })),
      textFilter:
        'All words must begin words of code, display or designation; Chinese by any part, pinyin or initials.',
    },
    codeSearch: 'all',
    validateCode: { translations: true },
    translation: { needsMap: false },
    closure: { translation: false },
  }
}
