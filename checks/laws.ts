/** Who may import whom (docs/architecture.md, the folders' table), as data and one decision. */

/** The kernel's packages in their order: each may use those before it. */
export const kernelOrder = [
  'runtime',
  'database',
  'keys',
  'objects',
  'events',
  'records',
  'jobs',
  'terminology',
  'profiles',
  'identity',
  'traffic',
  'interfaces',
  'web',
  'app',
  'testkit',
] as const

export type Party = {
  readonly folder: string
  /** The part of the import after the package's name: `/contract`, or empty. */
  readonly door?: string
  readonly isTest?: boolean
}

const areaOf = (folder: string) => folder.split('/')[0] ?? ''
const nameOf = (folder: string) => folder.split('/')[1] ?? ''

/** The law that an import breaks, as the end of a sentence; undefined where it is allowed. */
export function brokenLaw(from: Party, to: Party): string | undefined {
  if (from.folder === to.folder) return undefined
  if (nameOf(to.folder) === 'testkit' && areaOf(to.folder) === 'kernel') {
    return from.isTest || ['checks', 'bench'].includes(areaOf(from.folder))
      ? undefined
      : 'only tests may use kernel/testkit'
  }
  if (areaOf(to.folder) === 'server') return 'the composition root is imported by nobody'
  return laws[areaOf(from.folder)]?.(from, to)
}

type Law = (from: Party, to: Party) => string | undefined

const standardsOrKernel = (to: Party) => ['standards', 'kernel'].includes(areaOf(to.folder))
const contractOnly = (to: Party) =>
  to.door === '/contract' ? undefined : "another app is reached by its '/contract' only"

const laws: Readonly<Record<string, Law>> = {
  standards: () => 'standards are pure and import nothing of ours',
  kernel: (from, to) => {
    if (areaOf(to.folder) === 'standards') return undefined
    if (areaOf(to.folder) !== 'kernel')
      return 'the kernel may import standards and the kernel packages before it'
    const isBefore = kernelIndex(to) < kernelIndex(from)
    return isBefore ? undefined : `the kernel's order is ${kernelOrder.join(' ← ')}`
  },
  connectors: (_, to) => {
    if (standardsOrKernel(to)) return undefined
    return areaOf(to.folder) === 'apps'
      ? contractOnly(to)
      : 'a door may import standards, the kernel and the contracts of apps'
  },
  apps: (_, to) => {
    if (standardsOrKernel(to) || to.folder === 'ui/kit') return undefined
    return areaOf(to.folder) === 'apps'
      ? contractOnly(to)
      : 'a room may import standards, the kernel, ui/kit and the contracts of other apps'
  },
  ui: (from, to) => {
    if (from.folder === 'ui/kit') return 'ui/kit imports nothing of ours'
    const isScreen = areaOf(to.folder) === 'apps' && to.door === '/screens'
    return to.folder === 'ui/kit' || isScreen
      ? undefined
      : "the shell may import ui/kit and the apps' '/screens'"
  },
  tools: (_, to) =>
    areaOf(to.folder) === 'standards' || ['kernel/runtime', 'tools/client'].includes(to.folder)
      ? undefined
      : 'tools speak to the platform through its doors and may import standards, kernel/runtime and tools/client',
}

const kernelIndex = ({ folder }: Party) => (kernelOrder as readonly string[]).indexOf(nameOf(folder))
