/** Values of extensions, also those of a primitive (`_criteria`, `channel._payload`), which the model's types do not name. */
import type { Extension } from '@xinglin/fhir'

type Extended = { readonly extension?: readonly Extension[] } | undefined

/** All extensions of a url. */
export function extensionsOf(element: Extended, url: string): readonly Extension[] {
  return (element?.extension ?? []).filter((each) => each.url === url)
}

/** The only one of a url, or the first; undefined where there is none. */
export function extensionOf(element: Extended, url: string): Extension | undefined {
  return extensionsOf(element, url)[0]
}
