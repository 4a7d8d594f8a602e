/** The screens of this room; small, since it is part of the first load. */
import type { ScreenDefinition } from '@xinglin/kit'

export const screens: readonly ScreenDefinition[] = []
