/** The door to people's phones: open where a provider is set, and in the demonstration hospital by a simulated one. */
import type { Kernel } from '@xinglin/app'
import type { JobTasks } from '@xinglin/jobs'
import {
  createTextMessages,
  declareSealedTexts,
  httpProvider,
  type TextProvider,
} from '@xinglin/text-messages'
import type { Config } from './config.ts'

/** Lets patients get their codes; gives the tasks by which a worker sends. */
export function openTexts(
  { database, keys, jobs, runtime, identity }: Kernel,
  { textsUrl, textsToken }: Config,
  simulated: TextProvider | undefined,
): JobTasks {
  declareSealedTexts(keys)
  const provider = textsUrl
    ? httpProvider({ url: textsUrl, ...(textsToken ? { token: textsToken } : {}) })
    : simulated
  if (!provider) return {}
  const { door, tasks } = createTextMessages({ database, keys, jobs, runtime, provider })
  identity.patients.sendTextsBy(door)
  return tasks
}
