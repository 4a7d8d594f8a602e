/** The screens of privacy; each module is loaded when its screen is opened. */
import type { ScreenDefinition } from '@xinglin/kit'

export const screens: readonly ScreenDefinition[] = []
