/** Comparing everybody with everybody who shares a key: asked for here, done by a job that survives restarts. */
import type { Command } from '@xinglin/app'
import { masterIndexPermissions as permissions } from '../contract.ts'
import { askForScan } from '../scan/scan-task.ts'
import { displayOf } from './merge.ts'

export const startScan: Command<undefined, { readonly scan: string }> = {
  name: 'master-index.start-scan',
  permission: permissions.scan,
  parse: () => undefined,
  run: async (unit, _input, kernel) => ({
    scan: await askForScan(kernel, unit, await displayOf(kernel, unit)),
  }),
}
