/** The rooms of this installation; adding an app touches this one list. */

import { access } from '@xinglin/access/server'
import { administration } from '@xinglin/administration/server'
import type { AppDefinition } from '@xinglin/app'
import { appRegistry } from '@xinglin/app-registry/server'
import { approvals } from '@xinglin/approvals/server'
import { audit } from '@xinglin/audit/server'
import { chart } from '@xinglin/chart/server'
import { compliance } from '@xinglin/compliance/server'
import { dictionaries } from '@xinglin/dictionaries/server'
import { documents } from '@xinglin/documents/server'
import { guides } from '@xinglin/guides/server'
import { imaging } from '@xinglin/imaging/server'
import { integration } from '@xinglin/integration/server'
import { keys } from '@xinglin/key-custody/server'
import { masterIndex } from '@xinglin/master-index/server'
import { myRecord } from '@xinglin/my-record/server'
import { privacy } from '@xinglin/privacy/server'
import { recordExplorer } from '@xinglin/record-explorer/server'
import { terminologyImports } from '@xinglin/terminology-imports/server'

/** Every app that starts. */
export const apps: readonly AppDefinition[] = [
  access,
  administration,
  appRegistry,
  approvals,
  audit,
  chart,
  compliance,
  guides,
  imaging,
  integration,
  keys,
  masterIndex,
  myRecord,
  privacy,
  recordExplorer,
  terminologyImports,
  dictionaries,
  documents,
]
