/** Pages of another realm than staff's: an app's `ownPages`, drawn without the frame and without asking who of the staff is there. */
import { type ComponentType, lazy } from 'react'

type OwnPage = { readonly path: string; readonly load: () => Promise<{ readonly Page: ComponentType }> }

const modules = import.meta.glob<{ readonly ownPages?: readonly OwnPage[] }>(
  '../../apps/*/screens/screens.tsx',
  {
    eager: true,
  },
)

/** The page that stands at an address; undefined where the frame does. */
export function ownPageOf(pathname: string): ComponentType | undefined {
  const path = pathname.replace(/\/$/, '')
  const page = Object.values(modules)
    .flatMap(({ ownPages = [] }) => ownPages)
    .find((each) => each.path === path)
  return page && lazy(() => page.load().then(({ Page }) => ({ default: Page })))
}
