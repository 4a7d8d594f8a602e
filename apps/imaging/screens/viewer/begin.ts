/** Starts Cornerstone3D once a page: it keeps registries of loaders, workers and tools of its own. */
import { init as initCore } from '@cornerstonejs/core'
import { init as initLoader } from '@cornerstonejs/dicom-image-loader'
import {
  addTool,
  init as initTools,
  LengthTool,
  PanTool,
  StackScrollTool,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools'

/** Decoders beside the page; two leave the other cores to drawing. */
const decoders = 2

const begun: { promise?: Promise<void> } = {}

/** Settles when images can be asked for; the second call and later ones wait for the first. */
export function begin(): Promise<void> {
  begun.promise ??= Promise.resolve().then(beginOnce)
  return begun.promise
}

function beginOnce(): void {
  initCore()
  initLoader({ maxWebWorkers: decoders })
  initTools()
  for (const tool of [WindowLevelTool, ZoomTool, PanTool, LengthTool, StackScrollTool]) addTool(tool)
}
