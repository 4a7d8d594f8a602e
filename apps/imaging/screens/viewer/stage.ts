/** Cornerstone3D behind few words: one stage is one element with one stack of images and its tools. */
import { Enums, RenderingEngine, type StackViewport } from '@cornerstonejs/core'
import {
  LengthTool,
  PanTool,
  StackScrollTool,
  Enums as ToolEnums,
  ToolGroupManager,
  utilities,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools'
import { begin } from './begin.ts'
import type { Mode } from './keys.ts'
import type { ValueRange } from './presets.ts'

export type StageView = {
  /** From 0. */
  readonly index: number
  readonly range: ValueRange | undefined
  /** 1 is the size at which the image fits. */
  readonly zoom: number
}
export interface Stage {
  show(imageIds: readonly string[], index: number): Promise<void>
  goTo(index: number): Promise<void>
  setMode(mode: Mode): void
  setRange(range: ValueRange): void
  /** What the image itself proposes. */
  storedRange(): ValueRange | undefined
  invert(): void
  fit(): void
  reset(): void
  view(): StageView
  destroy(): void
}
export type StageListener = {
  readonly changed: (view: StageView) => void
  readonly failed: () => void
}

const modeTools: Readonly<Record<Mode, string>> = {
  window: WindowLevelTool.toolName,
  zoom: ZoomTool.toolName,
  pan: PanTool.toolName,
  length: LengthTool.toolName,
}

/** Puts a stage into an element, whose size it follows. `id` must be unlike that of every other living stage. */
export async function createStage(
  element: HTMLDivElement,
  id: string,
  listener: StageListener,
): Promise<Stage> {
  await begin()
  const engine = new RenderingEngine(`engine-${id}`)
  engine.enableElement({ viewportId: id, element, type: Enums.ViewportType.STACK })
  const viewport = engine.getViewport(id) as StackViewport
  const tools = toolGroup(id, engine.id)
  let hasFailed = false

  const view = (): StageView => ({
    index: viewport.getCurrentImageIdIndex(),
    range: viewport.getProperties().voiRange,
    zoom: viewport.getZoom(),
  })
  const changed = (): void => listener.changed(view())
  const failed = (): void => {
    if (!hasFailed) listener.failed()
    hasFailed = true
  }
  const { STACK_NEW_IMAGE, VOI_MODIFIED, IMAGE_RENDERED, IMAGE_LOAD_ERROR, IMAGE_LOAD_FAILED } = Enums.Events
  for (const event of [STACK_NEW_IMAGE, VOI_MODIFIED, IMAGE_RENDERED])
    element.addEventListener(event, changed)
  for (const event of [IMAGE_LOAD_ERROR, IMAGE_LOAD_FAILED]) element.addEventListener(event, failed)
  const resized = new ResizeObserver(() => engine.resize(true, true))
  resized.observe(element)

  const setMode = (mode: Mode): void => {
    for (const name of Object.values(modeTools)) tools.setToolPassive(name, { removeAllBindings: true })
    for (const [name, mouseButton] of bindingsOf(mode))
      tools.setToolActive(name, { bindings: [{ mouseButton }] })
  }
  setMode('window')

  return {
    async show(imageIds, index) {
      hasFailed = false
      await viewport.setStack([...imageIds], index)
      viewport.render()
      utilities.stackPrefetch.enable(element)
      changed()
    },
    async goTo(index) {
      hasFailed = false
      await viewport.setImageIdIndex(index)
    },
    setMode,
    setRange(voiRange) {
      viewport.setProperties({ voiRange })
      viewport.render()
    },
    storedRange: () => viewport.getDefaultProperties?.().voiRange ?? viewport.getProperties().voiRange,
    invert() {
      viewport.setProperties({ invert: !viewport.getProperties().invert })
      viewport.render()
    },
    fit() {
      viewport.resetCamera()
      viewport.render()
    },
    reset() {
      viewport.resetProperties()
      viewport.resetCamera()
      viewport.render()
    },
    view,
    destroy() {
      resized.disconnect()
      utilities.stackPrefetch.disable(element)
      ToolGroupManager.destroyToolGroup(id)
      engine.destroy()
    },
  }
}

function toolGroup(id: string, engineId: string) {
  const tools = ToolGroupManager.createToolGroup(id)
  if (!tools) throw new Error(`there is a stage ${id} already`)
  for (const name of [...Object.values(modeTools), StackScrollTool.toolName]) tools.addTool(name)
  tools.addViewport(id, engineId)
  tools.setToolActive(StackScrollTool.toolName, {
    bindings: [{ mouseButton: ToolEnums.MouseBindings.Wheel }],
  })
  return tools
}

/** The chosen tool on the left button; zoom on the right and pan on the middle one, where they are not chosen. */
function bindingsOf(mode: Mode): readonly (readonly [name: string, button: number])[] {
  const { Primary, Secondary, Auxiliary } = ToolEnums.MouseBindings
  const fixed: readonly (readonly [Mode, number])[] = [
    ['zoom', Secondary],
    ['pan', Auxiliary],
  ]
  return [
    [modeTools[mode], Primary],
    ...fixed
      .filter(([other]) => other !== mode)
      .map(([other, button]) => [modeTools[other], button] as const),
  ]
}
