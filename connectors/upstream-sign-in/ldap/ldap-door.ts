/** Trying a directory as it is set: server, searching account, people below the base, and the groups of somebody who is named. */
import type { OpenedProvider, Probe, UpstreamDoor } from '@xinglin/identity'
import type { Needs } from '../needs.ts'
import { type Directory, type LdapProvider, withDirectory } from './directory.ts'
import { groupsOf } from './groups.ts'
import { bindToSearch, findPerson, subjectOf } from './person.ts'
import { refusalOfDirectory } from './refusals.ts'
import { isLdap } from './routes.ts'

type Step = Probe['steps'][number]
/** Where nobody is named, one search shows that the base and the filters work. */
const nobody = 'nobody-has-this-login'

export function createLdapDoor(needs: Needs): UpstreamDoor {
  return {
    async probe(provider: OpenedProvider, { login }): Promise<Probe> {
      if (!isLdap(provider)) return { steps: [] }
      const steps: Step[] = []
      const groups: string[] = []
      const say = (name: string, detail: string, isDone = true) => void steps.push({ name, isDone, detail })
      try {
        await withDirectory(needs, provider, async (directory) => {
          say('server', directory.server)
          await look(directory, provider, { login, say, groups })
        })
      } catch (error) {
        const { refusal, detail } = refusalOfDirectory(error)
        say(nextOf(steps), [refusal.message, detail].filter(Boolean).join(' · '), false)
      }
      return { steps, ...(login === undefined ? {} : { groups }) }
    },
  }
}

const order = ['server', 'searching account', 'people', 'person', 'groups']
const nextOf = (steps: readonly Step[]) => order[steps.length] ?? 'groups'

type Looking = {
  readonly login: string | undefined
  readonly say: (name: string, detail: string, isDone?: boolean) => void
  readonly groups: string[]
}

async function look(
  directory: Directory,
  provider: LdapProvider,
  { login, say, groups }: Looking,
): Promise<void> {
  const { settings } = provider
  await bindToSearch(directory, provider)
  say('searching account', settings.bind === 'direct' ? 'each person' : (settings.bindDn ?? 'anonymous'))
  const person = await findPerson(directory, settings, login ?? nobody)
  say('people', settings.baseDn)
  if (login === undefined) return
  if (!person) return say('person', 'nobody there has this login', false)
  const subject = subjectOf(person, settings)
  say('person', person.dn, subject !== undefined)
  groups.push(...(await groupsOf(directory, { settings, login, person })))
  say('groups', String(groups.length))
}
